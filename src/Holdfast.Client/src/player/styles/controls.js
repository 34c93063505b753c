/** The dock and the timeline at the foot of the stage. */
export const controls = /* css */ `
.dock { position: absolute; left: 50%; bottom: 36px; translate: -50% 0; display: flex; gap: 6px; padding: 8px; border-radius: 99px; background: var(--hf-glass); box-shadow: var(--hf-shadow-small); max-width: calc(100% - 16px); }
.dock button { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-width: 46px; height: 46px; padding: 0 16px; border: 0; border-radius: 99px; background: none; font-size: 15px; white-space: nowrap; transition: background-color var(--hf-swift); }
.dock button:hover { background: color-mix(in srgb, var(--hf-ink) 8%, transparent); }
.dock .loudness { display: flex; align-items: center; padding-right: 12px; }
.dock #mute { padding: 0 12px; }
.dock #volume { width: 92px; }
.dock .cross { display: none; }
.dock [aria-pressed="true"] .cross { display: initial; }
.dock [aria-pressed="true"] .waves { display: none; }
.dock .stop { padding: 0 24px; background: var(--hf-coral-fill); color: var(--hf-on-fill); font-weight: 550; }
.dock .stop:hover { background: var(--hf-coral-fill-strong); }
.stage:not([data-scene="call"], [data-scene="sound"], [data-scene="unreachable"], [data-scene="interrupted"]) .dock :is(.loudness, #interrupt) { display: none; }
.stage:is([data-scene="starting"], [data-scene="held"], [data-scene="reconnecting"]) .dock { padding: 4px; background: none; box-shadow: none; }
.stage[data-scene="starting"] .dock { background: var(--hf-glass); }
.stage:is([data-scene="starting"], [data-scene="held"], [data-scene="reconnecting"]) .dock .stop { height: 40px; padding: 0 20px; background: none; color: var(--hf-ink); }
.stage:is([data-scene="starting"], [data-scene="held"], [data-scene="reconnecting"]) .dock .stop:hover { background: color-mix(in srgb, var(--hf-ink) 8%, transparent); }

.sound { position: absolute; left: 50%; top: 50%; translate: -50% -50%; display: flex; align-items: center; gap: 10px; padding: 16px 28px; border: 0; border-radius: 99px; background: var(--hf-ink); color: var(--hf-paper); font-size: 18px; font-weight: 600; box-shadow: var(--hf-shadow); }
.stage:not([data-scene="call"], [data-scene="sound"], [data-scene="unreachable"]) .sound { display: none; }

/* Thin to look at, thick enough to be hit. */
.timeline { position: absolute; left: 34px; right: 34px; bottom: 6px; height: 24px; display: flex; gap: 2px; padding: 0; list-style: none; }
.timeline li { flex: 1 1 6px; min-width: 6px; height: 100%; }
.timeline button { position: relative; display: block; width: 100%; height: 100%; padding: 0; border: 0; border-radius: 6px; background: none; cursor: default; }
.timeline button::after { content: ""; position: absolute; left: 0; right: 0; top: 9px; height: 6px; border-radius: 2px; background: var(--kind); transition: height 120ms ease, top 120ms ease; }
.timeline button:is(:hover, :focus-visible)::after { top: 7px; height: 10px; }
.timeline button:focus-visible { outline-offset: 0; }
.timeline li:first-child button::after { border-start-start-radius: 9px; border-end-start-radius: 9px; }
.timeline li:last-child button::after { border-start-end-radius: 9px; border-end-end-radius: 9px; }
[data-kind="starting"] { --kind: var(--hf-edge); }
[data-kind="connected"] { --kind: var(--hf-kelp-fill); }
:is([data-kind="unreachable"], [data-kind="interrupted"]) { --kind: var(--hf-amber-fill); }
[data-kind="held"] { --kind: var(--hf-deep-fill); }
[data-kind="lost"] { --kind: var(--hf-coral-fill); }
.timeline li[data-kind="lost"] { flex: 0 0 14px; }
.stage[data-scene="lobby"] .timeline { display: none; }
.tip { position: absolute; z-index: 2; bottom: 32px; translate: -50% 0; width: max-content; max-width: calc(100% - 16px); padding: 6px 14px 6px 12px; border-radius: 12px; background: var(--hf-card); box-shadow: var(--hf-shadow-small); font-size: 13px; font-variant-numeric: tabular-nums; pointer-events: none; animation: appear 120ms; }
.tip::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 8px; border-radius: 50%; background: var(--kind); }

@container stage (max-width: 640px) {
  .dock { bottom: 30px; gap: 2px; padding: 6px; }
  .dock #volume { display: none; }
  .dock .loudness { padding: 0; }
  .timeline { left: 20px; right: 20px; bottom: 3px; }
  .tip { bottom: 28px; }
}
@container stage (max-height: 440px) {
  .dock { bottom: 26px; }
  .dock button { height: 42px; }
}
`;
