// Runs in a page of the server. Many sessions are cut off at the same time, so that each is away for long without the bench taking
// hours: while they are held they cost nothing. Then each is brought back alone, and let go.
globalThis.recoveries = async ({ level, times, awaySeconds }) => {
  const { HoldfastSession, browserEnvironment } = await import('/holdfast/index.js');
  const wait = (ms) => new Promise((done) => setTimeout(done, Math.max(0, ms)));
  // Every session is a tab of its own, as far as it can know.
  const tab = () => {
    const values = new Map();
    const storage = { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => values.set(key, value), removeItem: (key) => values.delete(key) };
    const log = { info() {}, warn() {} };
    // A browser has six connections for all that it asks of one server by HTTP/1.1: twenty journals that are followed would take them all.
    const fetch = (url, options) => (/\/events\b/.test(String(url)) ? Promise.reject(new TypeError('not followed')) : globalThis.fetch(url, options));
    return { ...browserEnvironment(), storage, locks: null, log, fetch, ...(level === 2 ? { subtle: null } : {}) };
  };
  const follow = (session, video) => session.addEventListener('stream', (event) => { if (event.stream) video.srcObject = event.stream; });

  const visits = [];
  for (let i = 0; i < times; i++) {
    const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
    document.body.append(video);
    const environment = tab();
    const session = new HoldfastSession({ environment });
    follow(session, video);
    await session.start();
    await new Promise((shown) => video.requestVideoFrameCallback(shown));
    await wait(1_000);
    await session.outage(120);
    visits.push({ session, video, environment, cut: performance.now() });
  }

  const results = [];
  for (const { session, video, environment, cut } of visits) {
    await wait(cut + awaySeconds * 1_000 - performance.now());
    await session.outage(1);
    await wait(1_050);
    const browser = session.state.reason;
    const shown = new Promise((done) => video.requestVideoFrameCallback((now) => done(now)));
    const clicked = performance.now();
    let back = session;
    if (level === 3) {
      // What a reload does: a client that knows nothing but what the tab's storage has.
      back = new HoldfastSession({ environment });
      follow(back, video);
      await back.resume();
    } else {
      await session.reconnect();
    }
    const first = await shown;
    results.push({ milliseconds: first - clicked, level: back.state.resumed?.level ?? null, browser, sameSession: back.state.sessionId === session.state.sessionId });
    await back.stop();
    if (back !== session) await session.stop();
    video.remove();
  }
  return results;
};
