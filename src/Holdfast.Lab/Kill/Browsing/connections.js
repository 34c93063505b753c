// Runs in the page before its own scripts, and notes what its connections go through and when something new is played. It takes no part in what the page does.
(() => {
  const LOOK_MS = 10;
  const connections = [];
  let newest = '';
  let last = null;
  let longest = 0;

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...settings) {
      super(...settings);
      const states = [this.connectionState];
      connections.push({ peer: this, states });
      this.addEventListener('connectionstatechange', () => states.push(this.connectionState));
    }
  };

  /** The newest packet that was played, of sound or of pictures: another one while anything comes. */
  const played = () =>
    connections.flatMap(({ peer }) => peer.getReceivers().map(one => one.getSynchronizationSources()[0]?.rtpTimestamp ?? 0)).join();

  setInterval(() => {
    const now = performance.now();
    const seen = played();
    // While nothing comes the pause grows, so that one that is asked for in its middle is told too.
    if (last !== null) longest = Math.max(longest, now - last);
    if (seen === newest) return;
    newest = seen;
    last = now;
  }, LOOK_MS);

  globalThis.connections = {
    states: () => connections.map(({ states }) => states),
    /** How long nothing new was played at the longest, since this was asked last, and for how long nothing was until now. */
    takePause() {
      const pause = { longest, since: last === null ? null : performance.now() - last };
      longest = 0;
      return pause;
    },
  };
})();
