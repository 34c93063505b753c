/** What the operator's page says. */
export const adminTexts = {
  'zh-CN': {
    title: '运维', theme: '切换明暗', keyTitle: '运维人员登录', keyText: '请输入角色为 Operator 的 API 密钥（Holdfast:Access:Keys）。密钥只保存在本标签页中。', key: 'API 密钥', enter: '进入', keyWrong: '密钥无效，或没有运维权限。',
    figures: '服务器', sessions: '会话', session: '会话', since: '状态时长', roundTrip: '往返时延', loss: '丢包', line: '线路', generation: '代', empty: '现在没有会话。有人连接后，会立即出现在这里。',
    live: '实时', lost: '连接中断，正在重试', off: '本服务器没有开启该接口', language: 'EN',
    figure: { sessions: '会话', trouble: '有问题', speaking: '正在说话', cpu: '处理器', memory: '内存' },
    /** @param {number} limit */
    of: (limit) => `/ ${limit}`,
    state: { negotiating: '正在连接', connected: '已连接', interrupted: '连接不稳', held: '保留中', unattended: '无观众', expired: '已过期', closed: '已结束' },
    reasons: {
      created: '已创建', mediaConnected: '媒体已连通', feedbackStopped: '收不到反馈', pathHealed: '线路恢复', pathRestarted: '换了线路', reconnected: '重新连接', pathLost: '线路中断', leftByPeer: '对方离开', setupTimedOut: '连接超时', handshakeFailed: '握手失败', graceOver: '保留期已过', heldTooLong: '保留太久', closedByOwner: '主动断开', showFailed: '形象出错', serverStopping: '服务器停止', serverRestarted: '服务器重启', serverFull: '服务器已满', gaveWay: '让出位置', faulted: '意外错误',
    },
    speaking: '正在说话', recording: '● 录制中',
    /** @param {number} count */
    queued: (count) => `${count} 句待播`,
    /** @param {string} rate */
    video: (rate) => `画面 ${rate}`,
    /** @param {string} rate */
    sent: (rate) => `实发 ${rate}`,
    /** @param {string} time */
    keptFor: (time) => `还保留 ${time}`,
    /** @param {string} quality */
    pictures: (quality) => ({ full: '', reduced: '画面已缩减', still: '画面静止' }[quality] ?? quality),
    say: '说', sayWhat: '让数字人说一句话', hold: '断开并保留', close: '结束会话', sure: '再点一次确认', done: '已执行', failed: '没有成功，请稍后再试', gone: '会话已结束',
    noEvents: '还没有事件',
    events: {
      state: '状态', said: '用户', accepted: '待播', started: '开始播报', finished: '播报完成', interrupted: '被打断', dropped: '被放弃', failed: '无法播报', resumed: '继续播报', voiceFellBack: '改用备用语音', adjusted: '更换形象或语音', pictures: '画面质量', problem: '问题', recording: '录制', push: '推流', action: '动作', turnStarted: '提问', turnEnded: '回答结束', modelFailed: '模型失败', tool: '工具', notHeard: '识别失败', heard: '听到',
    },
  },
  en: {
    title: 'Operations', theme: 'Light or dark', keyTitle: 'Sign in as an operator', keyText: 'An API key whose role is Operator (Holdfast:Access:Keys). It is kept in this tab only.', key: 'API key', enter: 'Enter', keyWrong: 'This key is not valid, or is no operator’s.',
    figures: 'Server', sessions: 'Sessions', session: 'Session', since: 'In this state', roundTrip: 'Round trip', loss: 'Loss', line: 'Line', generation: 'Gen.', empty: 'There are no sessions. They are shown here as soon as somebody connects.',
    live: 'Live', lost: 'No answer; trying again', off: 'This server does not have this', language: '中文',
    figure: { sessions: 'Sessions', trouble: 'In trouble', speaking: 'Speaking', cpu: 'Processor', memory: 'Memory' },
    /** @param {number} limit */
    of: (limit) => `of ${limit}`,
    state: { negotiating: 'Connecting', connected: 'Connected', interrupted: 'Unsteady', held: 'Held', unattended: 'No viewer', expired: 'Expired', closed: 'Over' },
    reasons: {
      created: 'created', mediaConnected: 'media arrives', feedbackStopped: 'nothing tells that it arrives', pathHealed: 'the path is back', pathRestarted: 'another path', reconnected: 'came back', pathLost: 'the path is gone', leftByPeer: 'the client left', setupTimedOut: 'took too long to connect', handshakeFailed: 'handshake failed', graceOver: 'nobody came back', heldTooLong: 'held too long', closedByOwner: 'ended on purpose', showFailed: 'the avatar failed', serverStopping: 'the server stops', serverRestarted: 'the server restarted', serverFull: 'the server is full', gaveWay: 'gave way', faulted: 'an unforeseen fault',
    },
    speaking: 'speaking', recording: '● recording',
    /** @param {number} count */
    queued: (count) => `${count} to say`,
    /** @param {string} rate */
    video: (rate) => `video ${rate}`,
    /** @param {string} rate */
    sent: (rate) => `sent ${rate}`,
    /** @param {string} time */
    keptFor: (time) => `kept for ${time}`,
    /** @param {string} quality */
    pictures: (quality) => ({ full: '', reduced: 'pictures reduced', still: 'picture stands still' }[quality] ?? quality),
    say: 'Say', sayWhat: 'Have the avatar say something', hold: 'Cut and keep', close: 'End session', sure: 'Press again to be sure', done: 'Done', failed: 'That did not work; try again in a moment', gone: 'The session is over',
    noEvents: 'Nothing happened yet',
    events: {
      state: 'State', said: 'Person', accepted: 'To say', started: 'Begins', finished: 'Said', interrupted: 'Stopped', dropped: 'Given up', failed: 'Could not be said', resumed: 'Goes on', voiceFellBack: 'Another voice', adjusted: 'Face or voice', pictures: 'Pictures', problem: 'Problem', recording: 'Recording', push: 'Stream', action: 'Action', turnStarted: 'Question', turnEnded: 'Answered', modelFailed: 'Model failed', tool: 'Tool', notHeard: 'Not recognised', heard: 'Heard',
    },
  },
};

/** @typedef {typeof adminTexts['en']} AdminTexts */
