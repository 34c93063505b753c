// Sends what the video shows and says, as a page does that has a camera and a microphone.
globalThis.beside = {
  async answer(offer, picturesBits, picturesASecond) {
    const video = document.querySelector('video');
    video.src = URL.createObjectURL(await (await fetch('video.webm')).blob());
    await video.play();
    const stream = video.captureStream();
    const connection = this.connection = new RTCPeerConnection();
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    await connection.setRemoteDescription({ type: 'offer', sdp: offer });
    await connection.setLocalDescription();
    const sender = connection.getSenders().find(one => one.track.kind === 'video');
    const parameters = sender.getParameters();
    Object.assign(parameters.encodings[0], { maxBitrate: picturesBits, maxFramerate: picturesASecond });
    await sender.setParameters(parameters);
    while (connection.iceGatheringState !== 'complete') await new Promise(done => connection.addEventListener('icegatheringstatechange', done, { once: true }));
    return connection.localDescription.sdp;
  },
  // What the sender says of itself, for whoever wants to know why.
  async describe() {
    const told = [...(await this.connection.getStats()).values()];
    return {
      state: this.connection.connectionState,
      at: document.querySelector('video').currentTime,
      sent: told.filter(one => one.type === 'outbound-rtp'),
      path: told.find(one => one.type === 'candidate-pair' && one.nominated),
    };
  },
};
