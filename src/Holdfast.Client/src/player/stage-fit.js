/** The server takes no more. */
const MOST = 16_384;
/** After these the same is told again: it may not have arrived. */
const LOST = new Set(['network', 'timeout', 'restarting', 'foreign']);

/** What was told last: of which session, and how large. @type {WeakMap<Teller, string>} */
const told = new WeakMap();

/**
 * Whoever can tell the server.
 * @typedef {{ state: import('../state.js').SessionState, fitStage: (size: { width: number, height: number }) => Promise<void> }} Teller
 */

/**
 * Tells the server how large the picture is seen, where that has changed: a window was resized or turned, or fills the screen. Asked once a second,
 * which is seldom enough for somebody who drags a window's edge.
 * @param {Teller} session
 * @param {{ getBoundingClientRect: () => { width: number, height: number } }} video
 * @param {number} [ratio] pixels of the screen in one of the page
 */
export async function fitStage(session, video, ratio = globalThis.devicePixelRatio) {
  const { state } = session;
  const box = video.getBoundingClientRect();
  const [width, height] = [box.width, box.height].map((side) => Math.min(MOST, Math.round(side * ratio)));
  const what = `${state.status === 'connected' && state.sessionId} ${width} ${height}`;
  // What is not shown has no size; it is told when it is.
  if (!width || !height || told.get(session) === what) return;
  told.set(session, what);
  try {
    await session.fitStage({ width, height });
  } catch (thrown) {
    // A server that does not know of stages sends what it always did.
    if (LOST.has(/** @type {{ code?: string }} */ (thrown).code ?? '')) told.delete(session);
  }
}
