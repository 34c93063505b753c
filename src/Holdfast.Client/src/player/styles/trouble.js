/** The moments in which something is wrong: a strip while it may heal by itself, the middle of the stage while it is held. */
export const trouble = /* css */ `
.trouble { position: absolute; }
/* What stands on the veiled picture needs more ink than what stands on paper. */
.trouble, .lobby { --calm: color-mix(in srgb, var(--hf-ink) 65%, var(--hf-soft)); }
.trouble .link { color: var(--calm); }
.trouble .link:hover { color: var(--hf-ink); }
.trouble .sign { display: none; }
.trouble #trouble-text { white-space: pre-line; text-wrap: balance; }

.stage:is([data-scene="interrupted"], [data-scene="unreachable"]) .trouble { left: 50%; bottom: 114px; translate: -50% 0; width: max-content; max-width: calc(100% - 40px); display: flex; align-items: center; gap: 12px; padding: 8px 8px 8px 16px; border-radius: 27px; background: var(--hf-glass); box-shadow: var(--hf-shadow-small); animation: appear var(--hf-swift); }
.stage:is([data-scene="interrupted"], [data-scene="unreachable"]) .trouble .sign { display: grid; place-items: center; color: var(--hf-amber-ink); }
.stage:is([data-scene="interrupted"], [data-scene="unreachable"]) .trouble h2 { font-size: 15px; line-height: 1.4; font-weight: 550; }
.stage:is([data-scene="interrupted"], [data-scene="unreachable"]) .trouble p { display: none; }
.stage:is([data-scene="interrupted"], [data-scene="unreachable"]) .trouble .cta { flex: none; min-height: 38px; padding: 6px 16px; font-size: 14px; font-weight: 550; background: var(--hf-amber-soft); color: var(--hf-amber-ink); box-shadow: none; }
.stage:is([data-scene="interrupted"], [data-scene="unreachable"]) .trouble .cta:hover { background: color-mix(in srgb, var(--hf-amber-soft) 88%, var(--hf-amber-ink)); }
.stage[data-scene="unreachable"] .subtitle { display: none; }
/* A call without a picture: said once, out of the way of what is said and of the subtitle. */
.stage[data-scene="sound"] .trouble { left: 50%; top: 20px; translate: -50% 0; width: max-content; max-width: min(440px, calc(100% - 40px)); padding: 12px 20px; border-radius: 18px; background: var(--hf-glass); box-shadow: var(--hf-shadow-small); text-align: center; animation: appear var(--hf-swift); }
.stage[data-scene="sound"] .trouble h2 { font-size: 15px; line-height: 1.4; font-weight: 550; }
.stage[data-scene="sound"] .trouble #trouble-text { margin-top: 2px; font-size: 14px; line-height: 1.45; color: var(--calm); }
@keyframes appear { from { opacity: 0; } }

.stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble { inset: 0 0 92px; display: flex; flex-direction: column; align-items: center; justify-content: safe center; gap: 14px; padding: 24px 24px 8px; overflow-y: auto; scrollbar-width: none; text-align: center; animation: appear var(--hf-swift); }
.stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble h2 { font-size: 25px; line-height: 1.35; font-weight: 620; letter-spacing: -.01em; text-wrap: balance; }
.stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble #trouble-text { max-width: 42ch; color: var(--calm); }
.stage[data-problem] .trouble #trouble-text { color: var(--hf-ink); }
.stage[data-scene="held"] .trouble .cta { margin-top: 6px; padding-inline: 38px; background: var(--hf-deep-fill); box-shadow: 0 12px 30px -10px var(--hf-deep-fill); }
.stage[data-scene="held"] .trouble .cta:hover { background: var(--hf-deep-fill-strong); }
/* The words of the next moment take the place of the buttons, so that nothing jumps. */
.stage[data-scene="reconnecting"] .trouble::after { content: ""; height: 106px; flex: 0 1 106px; }
.stage[data-scene="held"] .ring[hidden] + .sign, .stage[data-scene="over"] .lobby .sign { display: grid; place-items: center; width: 88px; height: 88px; border-radius: 50%; background: var(--hf-deep-soft); color: var(--hf-deep-ink); }
.stage[data-scene="held"] .sign .icon, .stage[data-scene="over"] .lobby .sign .icon { width: 40px; height: 40px; stroke-width: 1.8; }
.sign .tabs, .stage[data-scene="held"] .sign .cut { display: none; }
.stage[data-scene="held"] .sign .tabs { display: block; }

.ring { position: relative; width: 168px; height: 168px; flex: none; display: grid; place-items: center; margin-bottom: 4px; }
.ring svg { position: absolute; inset: 0; rotate: -90deg; fill: none; stroke-width: 5; stroke-linecap: round; overflow: visible; }
.ring .track { stroke: color-mix(in srgb, var(--hf-line) 88%, var(--hf-edge)); }
.ring .left { stroke: var(--hf-deep-fill); stroke-dasharray: 100; }
.ring .step { stroke: color-mix(in srgb, var(--hf-line) 88%, var(--hf-edge)); stroke-dasharray: 27 73; }
.ring .step[data-level="1"] { stroke-dashoffset: -3.2; }
.ring .step[data-level="2"] { stroke-dashoffset: -36.5; }
.ring .step[data-level="3"] { stroke-dashoffset: -69.8; }
.ring:not([data-ring="ladder"]) .step, .ring[data-ring="ladder"] :is(.track, .left) { display: none; }
.ring:is([data-level="2"], [data-level="3"]) .step[data-level="1"], .ring[data-level="3"] .step[data-level="2"] { stroke: color-mix(in srgb, var(--hf-deep-fill) 34%, var(--hf-line)); }
.ring[data-level="1"] .step[data-level="1"], .ring[data-level="2"] .step[data-level="2"], .ring[data-level="3"] .step[data-level="3"] { stroke: var(--hf-deep-fill); animation: breathe 1.2s ease-in-out infinite; }
@keyframes breathe { 50% { opacity: .55; } }
.ring .number { font-size: 42px; line-height: 1; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -.02em; }

.stage[data-scene="over"] .lobby { position: absolute; inset: 0 0 40px; flex-flow: column nowrap; justify-content: safe center; gap: 12px; padding: 24px; overflow-y: auto; background: none; text-align: center; animation: appear var(--hf-swift); }
.stage[data-scene="over"] .lobby .words { flex: none; }
.stage[data-scene="over"] .lobby slot { display: none; }
.stage[data-scene="over"] .lobby h2 { margin-top: 6px; font-size: 25px; font-weight: 620; color: var(--hf-ink); }
.stage[data-scene="over"] .lobby p { font-size: 16px; color: var(--calm); text-wrap: balance; }
.stage[data-scene="over"] .lobby .cta { flex: none; margin-top: 10px; min-height: 54px; padding: 14px 34px; }
.stage[data-scene="over"][data-tone="bad"] .lobby .sign { background: var(--hf-coral-soft); color: var(--hf-coral-ink); }
.stage[data-scene="over"][data-tone="quiet"] .lobby .sign { background: var(--hf-quiet-soft); color: var(--hf-soft); }

@container stage (max-width: 860px) {
  .stage[data-scene="sound"] .speaking { top: auto; bottom: 114px; left: 50%; translate: -50% 0; }
  .stage[data-scene="sound"]:has(#subtitle:not([hidden])) .speaking { display: none; }
}
@container stage (max-width: 640px) {
  .stage[data-scene="sound"] .trouble { top: 12px; max-width: calc(100% - 24px); padding: 9px 16px; }
  .stage:is([data-scene="interrupted"], [data-scene="unreachable"]) .trouble { bottom: 92px; gap: 8px 10px; max-width: calc(100% - 24px); padding: 8px 8px 8px 14px; }
  .stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble { inset: 0 0 80px; padding: 16px 20px 4px; }
}
@container stage (max-height: 560px) {
  .ring { width: 116px; height: 116px; margin: 0; }
  .ring .number { font-size: 30px; }
  .stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble { gap: 10px; }
  .stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble h2, .stage[data-scene="over"] .lobby h2 { font-size: 20px; }
  .trouble #trouble-text { font-size: 15px; line-height: 1.45; }
  .stage[data-scene="held"] .trouble .cta { min-height: 46px; margin-top: 0; padding-block: 9px; font-size: 17px; }
  .stage[data-scene="held"] .ring[hidden] + .sign, .stage[data-scene="over"] .lobby .sign { width: 68px; height: 68px; }
  .stage[data-scene="reconnecting"] .trouble::after { flex-basis: 88px; height: 88px; }
}
@container stage (max-height: 440px) {
  .stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble { gap: 5px; padding-top: 8px; }
  .ring { width: 72px; height: 72px; }
  .ring .number { font-size: 20px; }
  .trouble #trouble-text { font-size: 14px; }
}
@container stage (max-height: 360px) {
  .stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble { inset: 0 0 64px; display: grid; grid-template-columns: auto minmax(0, max-content); align-content: safe center; justify-content: center; justify-items: start; gap: 2px 16px; padding: 8px 16px 0; text-align: start; }
  .stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble > :is(.ring, .sign) { grid-row: 1 / span 4; align-self: center; }
  .stage:is([data-scene="held"], [data-scene="reconnecting"]) .trouble h2, .stage[data-scene="over"] .lobby h2 { font-size: 17px; }
  .trouble #trouble-text { font-size: 13px; }
  .stage[data-scene="held"] .trouble .cta { min-height: 40px; margin-top: 6px; padding-block: 6px; font-size: 16px; }
  .trouble .link { padding-inline: 0; }
  .stage[data-scene="reconnecting"] .trouble::after, .stage[data-scene="over"] .lobby .sign { display: none; }
}
`;
