import { colourRules } from './colours.js';

/** The player as a box in a page, and what all of its parts share. */
export const base = `
:host {
  display: block;
  position: relative;
  aspect-ratio: 4 / 3;
  min-height: 420px;
  max-height: 92dvh;
  font: 16px/1.55 var(--holdfast-font, system-ui, -apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif);
}
:host([hidden]) { display: none; }
*, *::before, *::after { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.stage, .hidden {
  ${colourRules}
  --hf-glass: light-dark(rgb(255 254 250 / 88%), rgb(20 29 26 / 90%));
  --hf-shadow: 0 1px 2px light-dark(rgb(10 31 26 / 8%), transparent), 0 18px 50px -20px light-dark(rgb(10 31 26 / 25%), rgb(0 0 0 / 70%));
  --hf-shadow-small: 0 1px 2px light-dark(rgb(10 31 26 / 10%), transparent), 0 8px 24px -10px light-dark(rgb(10 31 26 / 30%), rgb(0 0 0 / 70%));
  --hf-radius: var(--holdfast-radius, 30px);
  --hf-swift: 180ms cubic-bezier(.2, .7, .2, 1);
  color: var(--hf-ink);
}
h2 { font-size: inherit; font-weight: 600; }
button, input { font: inherit; color: inherit; }
button { cursor: pointer; -webkit-tap-highlight-color: transparent; }
.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
:focus-visible { outline: 3px solid var(--hf-deep-fill); outline-offset: 2px; }
:focus:not(:focus-visible) { outline: none; }
.stage:focus-visible { outline-offset: -3px; }
.trouble:focus { outline: none; }

.cta { border: 0; border-radius: 99px; padding: 14px 34px; min-height: 54px; background: var(--hf-kelp-fill); color: var(--hf-on-fill); font-size: 18px; line-height: 1.4; font-weight: 600; white-space: nowrap; box-shadow: 0 12px 30px -12px var(--hf-kelp-fill); transition: background-color var(--hf-swift), transform var(--hf-swift); }
.cta:hover { background: var(--hf-kelp-fill-strong); }
.cta:active { transform: scale(.97); }
.link { min-height: 32px; padding: 2px 10px; border: 0; border-radius: 10px; background: none; color: var(--hf-soft); text-decoration: underline; text-underline-offset: 4px; transition: color var(--hf-swift); }
.link:hover { color: var(--hf-ink); }

input[type="range"] { appearance: none; height: 24px; background: none; cursor: pointer; border-radius: 99px; }
input[type="range"]::-webkit-slider-runnable-track { height: 4px; border-radius: 4px; background: linear-gradient(to right, var(--hf-kelp-fill) var(--filled, 100%), var(--hf-edge) var(--filled, 100%)); }
input[type="range"]::-webkit-slider-thumb { appearance: none; width: 16px; height: 16px; margin-top: -6px; border-radius: 50%; background: var(--hf-kelp-fill); border: 2px solid var(--hf-card); box-shadow: 0 0 0 1px var(--hf-kelp-fill); }
input[type="range"]::-moz-range-track { height: 4px; border-radius: 4px; background: var(--hf-edge); }
input[type="range"]::-moz-range-progress { height: 4px; border-radius: 4px; background: var(--hf-kelp-fill); }
input[type="range"]::-moz-range-thumb { width: 13px; height: 13px; border-radius: 50%; background: var(--hf-kelp-fill); border: 2px solid var(--hf-card); }

.toast { position: absolute; z-index: 3; left: 50%; top: 16px; width: max-content; max-width: min(92%, 460px); padding: 10px 20px; border-radius: 16px; background: var(--hf-ink); color: var(--hf-paper); font-size: 15px; text-align: center; text-wrap: balance; white-space: pre-line; box-shadow: var(--hf-shadow-small); opacity: 0; translate: -50% -12px; pointer-events: none; transition: opacity var(--hf-swift), translate var(--hf-swift); }
.toast.shown { opacity: 1; translate: -50% 0; pointer-events: auto; }

@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
`;
