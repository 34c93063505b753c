/** The answer took a moment: what is left is told in steps of so many seconds, rounded up. */
const STEP_SECONDS = 5;

/**
 * How long a session is kept, in words.
 * @param {number} ms
 * @param {string} minute
 * @param {string} second
 * @param {(count: number, unit: string) => string} say
 */
function lasting(ms, minute, second, say) {
  const seconds = Math.ceil(ms / 1_000 / STEP_SECONDS) * STEP_SECONDS;
  return seconds >= 60 && seconds % 60 === 0 ? say(seconds / 60, minute) : say(seconds, second);
}

/** What the console says. The Chinese sentences about the connection are those that people know from the page of this name. */
export const consoleTexts = {
  'zh-CN': {
    title: '控制台', connection: '连接', start: '开始连接', reconnect: '手动重连', stop: '停止', stun: '使用 STUN 服务器', sessionid: '会话 ID',
    say: '文字', placeholder: '输入要说的话，回车发送', mode: '方式', echo: '朗读', chat: '对话', interrupt: '打断', send: '发送',
    record: '录制', startRecord: '开始录制', stopRecord: '停止录制', download: '下载录像',
    connecting: '正在连接...', connected: 'WebRTC连接成功', restored: 'WebRTC连接已恢复', failed: 'WebRTC连接失败，请手动重连',
    notStarted: 'WebRTC连接失败，请重新连接', noSession: '没有有效的会话 ID，请重新连接', serverGone: '服务器连接中断，请手动重连',
    unreachable: '服务器没有回应，请稍后再试',
    unheard: '连接断开，服务器没有回应', elsewhere: '会话已在另一个标签页打开', restarting: '服务器正在重启，对话为你保留', restarted: '服务器已恢复，可点击重连按钮',
    expired: '会话已过期，请重新连接', closed: '会话已被服务器关闭，请重新连接', replaced: '会话已在别处继续', full: '服务器已满，请稍后再试',
    /** @param {number} ms */
    disconnected: (ms) => `连接断开，系统保留会话${lasting(ms, '分钟', '秒', (count, unit) => `${count}${unit}`)}，可点击重连按钮`,
    status: {
      idle: '未连接', starting: '正在连接', connected: '已连接', interrupted: '连接不稳', held: '已断开，会话保留中', lost: '已断开', elsewhere: '在另一个标签页', reconnecting: '正在重连', stopping: '正在停止', ended: '已结束', error: '连接失败',
    },
  },
  en: {
    title: 'Console', connection: 'Connection', start: 'Start', reconnect: 'Reconnect', stop: 'Stop', stun: 'Use a STUN server', sessionid: 'Session id',
    say: 'Text', placeholder: 'What is to be said; Enter sends it', mode: 'How', echo: 'Say', chat: 'Ask', interrupt: 'Interrupt', send: 'Send',
    record: 'Recording', startRecord: 'Record', stopRecord: 'Stop recording', download: 'Download',
    connecting: 'Connecting…', connected: 'Connected', restored: 'The connection is back', failed: 'The connection is lost; please reconnect',
    notStarted: 'No connection came about; please start again', noSession: 'There is no session; please start again', serverGone: 'The server does not answer; please reconnect',
    unreachable: 'The server did not answer; try again in a moment',
    unheard: 'The connection is lost, and the server does not answer', elsewhere: 'The session is open in another tab',
    restarting: 'The server is restarting; your conversation is kept', restarted: 'The server is back; you can reconnect',
    expired: 'The session has expired; please start again', closed: 'The server closed the session; please start again', replaced: 'The session goes on elsewhere',
    full: 'The server is full; please try again in a moment',
    /** @param {number} ms */
    disconnected: (ms) => `The connection is lost. The session is kept for ${lasting(ms, 'minute', 'second', (count, unit) => `${count} ${unit}${count === 1 ? '' : 's'}`)}; you can reconnect`,
    status: {
      idle: 'Not connected', starting: 'Connecting', connected: 'Connected', interrupted: 'Unsteady', held: 'Lost, and kept', lost: 'Lost', elsewhere: 'In another tab', reconnecting: 'Reconnecting', stopping: 'Stopping', ended: 'Over', error: 'Failed',
    },
  },
};
