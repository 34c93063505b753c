// What all pages written for LiveTalking do: the picture first, then the sound; a call is one JSON, whatever its status; the texts that people know.
const $ = (id) => document.getElementById(id);
const said = [];
let pc;

const show = (text) => { said.push(text); console.log(text); $('toast').textContent = text; };
const post = (path, body) => fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
const call = async (path, body) => (await post(path, body)).json();

/** A new RTCPeerConnection, which tells how it is. */
function connect(onLost = () => {}) {
  const mine = pc = new RTCPeerConnection({ sdpSemantics: 'unified-plan' });
  mine.addEventListener('track', (event) => { $(event.track.kind).srcObject = event.streams[0]; });
  mine.addEventListener('connectionstatechange', () => {
    if (mine.connectionState === 'connected') {
      show(said.some((text) => text.startsWith('连接断开')) ? 'WebRTC连接已恢复' : 'WebRTC连接成功');
      $('reconnect').style.display = 'none';
    } else if (mine.connectionState === 'disconnected' || mine.connectionState === 'failed') {
      show(mine.connectionState === 'failed' ? 'WebRTC连接失败，请手动重连' : '连接断开，系统保留会话5分钟，可点击重连按钮');
      $('reconnect').style.display = '';
      onLost(mine.connectionState);
    }
  });
  mine.addTransceiver('video', { direction: 'recvonly' });
  mine.addTransceiver('audio', { direction: 'recvonly' });
}

/** An offer with all its candidates. */
async function gathered() {
  await pc.setLocalDescription(await pc.createOffer());
  await new Promise((done) => {
    if (pc.iceGatheringState === 'complete') done();
    pc.addEventListener('icegatheringstatechange', () => { if (pc.iceGatheringState === 'complete') done(); });
  });
  return { sdp: pc.localDescription.sdp, type: pc.localDescription.type };
}

async function start() {
  show('正在连接...');
  connect(globalThis.onLost);
  const answer = await call('/offer', await gathered());
  $('sessionid').value = answer.sessionid;
  await pc.setRemoteDescription(answer);
}
