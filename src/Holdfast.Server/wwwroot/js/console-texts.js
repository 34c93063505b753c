/** What the console says. The Chinese sentences about the connection are those that people know from the page of this name. */
export const consoleTexts = {
  'zh-CN': {
    title: '控制台', connection: '连接', start: '开始连接', reconnect: '手动重连', stop: '停止', stun: '使用 STUN 服务器', sessionid: '会话 ID',
    say: '文字', placeholder: '输入要说的话，回车发送', mode: '方式', echo: '朗读', chat: '对话', interrupt: '打断', send: '发送',
    record: '录制', startRecord: '开始录制', stopRecord: '停止录制', download: '下载录像',
    connecting: '正在连接...', connected: 'WebRTC连接成功', restored: 'WebRTC连接已恢复', failed: 'WebRTC连接失败，请手动重连',
    notStarted: 'WebRTC连接失败，请重新连接', noSession: '没有有效的会话 ID，请重新连接', serverGone: '服务器连接中断，请手动重连',
    unreachable: '服务器没有回应，请稍后再试',
    /** @param {number} minutes */
    disconnected: (minutes) => `连接断开，系统保留会话${minutes}分钟，可点击重连按钮`,
    status: {
      idle: '未连接', starting: '正在连接', connected: '已连接', interrupted: '连接不稳', held: '已断开，会话保留中', reconnecting: '正在重连', stopping: '正在停止', ended: '已结束', error: '连接失败',
    },
  },
  en: {
    title: 'Console', connection: 'Connection', start: 'Start', reconnect: 'Reconnect', stop: 'Stop', stun: 'Use a STUN server', sessionid: 'Session id',
    say: 'Text', placeholder: 'What is to be said; Enter sends it', mode: 'How', echo: 'Say', chat: 'Ask', interrupt: 'Interrupt', send: 'Send',
    record: 'Recording', startRecord: 'Record', stopRecord: 'Stop recording', download: 'Download',
    connecting: 'Connecting…', connected: 'Connected', restored: 'The connection is back', failed: 'The connection is lost; please reconnect',
    notStarted: 'No connection came about; please start again', noSession: 'There is no session; please start again', serverGone: 'The server does not answer; please reconnect',
    unreachable: 'The server did not answer; try again in a moment',
    /** @param {number} minutes */
    disconnected: (minutes) => `The connection is lost. The session is kept for ${minutes} minutes; you can reconnect`,
    status: {
      idle: 'Not connected', starting: 'Connecting', connected: 'Connected', interrupted: 'Unsteady', held: 'Lost, and kept', reconnecting: 'Reconnecting', stopping: 'Stopping', ended: 'Over', error: 'Failed',
    },
  },
};
