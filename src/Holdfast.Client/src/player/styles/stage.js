/**
 * The stage continues the picture. The avatar's pictures are square and have an even sage behind the person, since an encoder makes
 * blocks of gradients. The light on it is the stage's: the veil lies over the picture, in the square's coordinates: an
 * ellipse of 110 % of the width and 90 % of the height around (50 %, 18 %).
 */
export const stage = /* css */ `
.stage { position: absolute; inset: 0; display: flex; flex-direction: column; border-radius: var(--hf-radius); overflow: hidden; background: light-dark(#bcd3cb, #2c443d); box-shadow: var(--hf-shadow); isolation: isolate; container: stage / size; }
.picture { position: relative; flex: 1; min-height: 0; container-type: size; overflow: hidden; }
.frame {
  --side: 104cqh;
  --up: 1.2cqh;
  position: absolute;
  inset: 0;
  background: #e9efe9;
  transition: filter 240ms ease;
}
.person, ::slotted(video) { position: absolute; left: calc(50% - var(--side) / 2); top: calc(-1 * var(--up)); width: var(--side); height: var(--side); object-fit: cover; transition: opacity 240ms ease; }
@container (aspect-ratio > 1.04) {
  .person, ::slotted(video) { mask-image: linear-gradient(to right, transparent, #000 6%, #000 94%, transparent); }
}
video.person, ::slotted(video) { opacity: 0; }
video.person.playing, ::slotted(video.playing) { opacity: 1; }
.illustration { position: absolute; left: 50%; top: 46%; width: min(52cqw, 52cqh); translate: -50% -50%; fill: none; stroke: #1b7b5c; stroke-width: 1.6; stroke-linecap: round; opacity: .28; }

/*
 * In the dark the same picture stands in a dark room: darkened, so that the sage turns to deep green, not to grey. Colours with
 * alpha and no blend mode: a browser that must blend with a playing video reads each picture back (measured: a third of what a
 * speaking page took).
 */
.veil { position: absolute; inset: 0; pointer-events: none; background: radial-gradient(114cqh 94cqh at 50% 17.5cqh, rgb(0 60 50 / 0), rgb(0 60 50 / 19.2%)), radial-gradient(62cqh 66cqh at 50% 44%, light-dark(transparent, rgb(0 0 0 / 5.1%)) 30%, light-dark(transparent, rgb(0 43 27 / 31%)) 62%, light-dark(transparent, rgb(0 31 21 / 64.7%)) 90%, light-dark(transparent, rgb(0 22 14 / 78.4%)) 125%); }
.stage[data-scene="lobby"] .frame { filter: saturate(.78) brightness(.97); }
/* Rounded itself: Chromium leaves black corners where it clips what it filters over a playing video. */
.stage[data-scene="interrupted"] .frame { filter: saturate(.55); border-radius: var(--hf-radius); }
.stage:is([data-scene="held"], [data-scene="reconnecting"], [data-scene="over"]) .frame { filter: saturate(.35) blur(14px); inset: -24px; }
.stage:is([data-scene="held"], [data-scene="reconnecting"], [data-scene="over"]) .veil { background: color-mix(in srgb, var(--hf-paper) 74%, transparent); }
.stage:is([data-scene="held"], [data-scene="reconnecting"], [data-scene="over"]) .frame::after { content: ""; position: absolute; inset: 0; background: light-dark(transparent, #35524a); mix-blend-mode: multiply; }

.stage.talking:is([data-scene="call"], [data-scene="sound"]) .picture::after { content: ""; position: absolute; inset: 0; border-radius: var(--hf-radius); pointer-events: none; box-shadow: inset 0 0 0 2.5px rgb(43 168 126); opacity: calc(.3 + var(--level, 0) * .7); will-change: opacity; }
.speaking { position: absolute; left: 20px; top: 20px; display: flex; align-items: center; gap: 9px; padding: 6px 14px; border-radius: 99px; background: var(--hf-glass); color: var(--hf-kelp-ink); font-size: 14px; font-weight: 550; box-shadow: var(--hf-shadow-small); opacity: 0; transition: opacity var(--hf-swift); }
.stage:is(.talking:not([data-activity]), [data-activity]:not([data-activity="none"])):is([data-scene="call"], [data-scene="sound"], [data-scene="unreachable"]) .speaking { opacity: 1; }
.signal { position: absolute; right: 20px; top: 20px; max-width: calc(100% - 40px); box-sizing: border-box; display: flex; align-items: center; gap: 9px; margin: 0; padding: 6px 14px; border-radius: 99px; background: var(--hf-glass); color: var(--hf-soft); font-size: 14px; box-shadow: var(--hf-shadow-small); }
.signal[hidden] { display: none; }
.signal:not([hidden]) ~ .toast { top: 62px; }
.signal .strength { display: flex; align-items: flex-end; gap: 2px; height: 12px; }
.stage[data-line="waits"] .signal .strength { display: none; }
.signal .strength i { width: 4px; height: 5px; border-radius: 1.5px; background: var(--hf-amber-fill); }
.signal .strength i:nth-child(2) { height: 8.5px; }
.signal .strength i:nth-child(3) { height: 12px; }
.signal .strength i:nth-child(3), .stage[data-line="still"] .signal .strength i:nth-child(2) { opacity: .28; }
.stage:is([data-activity="hearing"], [data-activity="listening"]) .speaking { color: var(--hf-deep-ink); }
.stage[data-activity="thinking"] .speaking { color: var(--hf-soft); }
.stage[data-activity="thinking"] .speaking .bars i { height: 5px; width: 5px; border-radius: 50%; transform: none; animation: ponder 1.2s ease-in-out infinite; }
.speaking .bars i:nth-child(2) { animation-delay: 150ms; }
.speaking .bars i:nth-child(3) { animation-delay: 300ms; }
.stage[data-activity="thinking"] .speaking .bars i:nth-child(4) { display: none; }
@keyframes ponder { 40% { opacity: .25; } }
.bars { display: inline-flex; align-items: center; gap: 3px; height: 16px; }
.bars i { width: 3px; height: 16px; border-radius: 3px; background: currentColor; transform: scaleY(calc(.22 + var(--level, 0) * var(--share, .7))); }
.bars i:nth-child(2) { --share: .78; }
.bars i:nth-child(3) { --share: .55; }
.bars i:nth-child(4) { --share: .4; }

.subtitle { position: absolute; left: 50%; bottom: 114px; translate: -50% 0; width: max-content; max-width: min(80%, 580px); padding: 9px 20px; border-radius: 16px; background: rgb(12 22 19 / 78%); color: #fff; font-size: 19px; line-height: 1.45; text-align: center; text-wrap: balance; overflow-wrap: anywhere; }
.subtitle > span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.subtitle b { font-weight: 500; }
.subtitle .again { text-decoration: underline dotted 1.5px; text-underline-offset: 4px; }
.subtitle i { font-style: normal; color: #b9c7c1; }

.starting { position: absolute; left: 50%; bottom: 114px; translate: -50% 0; width: max-content; max-width: 90%; display: flex; align-items: center; gap: 12px; padding: 10px 22px 10px 14px; border-radius: 99px; background: var(--hf-glass); font-size: 16px; box-shadow: var(--hf-shadow-small); }
.ripple { position: relative; width: 26px; height: 26px; flex: none; }
.ripple::before, .ripple i { content: ""; position: absolute; inset: 0; border: 3px solid var(--hf-line); border-radius: 50%; }
.ripple i { border-color: var(--hf-deep-fill) transparent transparent; animation: turn 900ms linear infinite; }
@keyframes turn { to { rotate: 1turn; } }

.lobby { display: flex; align-items: center; gap: 22px; padding: 20px 26px 22px; background: var(--hf-card); }
.lobby .words { flex: 1; min-width: 0; }
.lobby h2 { font-size: 21px; letter-spacing: -.01em; line-height: 1.3; }
.lobby p { margin-top: 3px; color: var(--hf-soft); font-size: 15px; text-wrap: pretty; white-space: pre-line; }
.lobby .sign { display: none; }
.stage[data-tone="bad"] .lobby h2 { color: var(--hf-coral-ink); }
.stage[data-tone="unsteady"] .lobby h2 { color: var(--hf-amber-ink); }

@container stage (max-width: 640px) {
  .lobby { flex-wrap: wrap; gap: 14px 18px; padding: 16px 18px 18px; }
  .lobby .words { flex-basis: 100%; }
  .lobby h2 { font-size: 19px; }
  .lobby slot { display: block; flex: 1; }
  .lobby .cta { flex: 1; padding: 12px 18px; min-height: 52px; }
  .subtitle { bottom: 92px; max-width: 92%; padding: 6px 14px; font-size: 16px; }
  .starting { bottom: 92px; }
  .speaking { left: 12px; top: 12px; }
  .signal { right: 12px; top: 12px; padding: 5px 11px; font-size: 12.5px; }
}
@container stage (max-height: 440px) {
  .lobby { padding: 10px 16px; gap: 14px; }
  .stage[data-scene="lobby"]:not([data-problem]) .lobby p { display: none; }
  .subtitle, .starting { bottom: 84px; }
  .subtitle { padding: 5px 14px; font-size: 15px; }
}
`;
