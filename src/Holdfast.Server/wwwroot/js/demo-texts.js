/** What the voice assistant says, beside the player's own words. */
export const demoTexts = {
  'zh-CN': {
    title: '语音助手', start: '开始', stop: '停止', settings: '设置', close: '关闭', face: '形象', mode: '方式', chat: '对话', echo: '朗读',
    policy: '断线之后', manual: '手动重连', assisted: '辅助重连', auto: '自动重连', subtitles: '字幕', microphone: '麦克风', sessionid: '会话 ID',
    ask: '说点什么…', person: '我说的话', avatar: '数字人说的话', unreachable: '服务器没有回应，请稍后再试',
  },
  en: {
    title: 'Voice assistant', start: 'Start', stop: 'Stop', settings: 'Settings', close: 'Close', face: 'Avatar', mode: 'How', chat: 'Ask', echo: 'Say',
    policy: 'After a loss', manual: 'Reconnect by hand', assisted: 'With a little help', auto: 'By itself', subtitles: 'Subtitles', microphone: 'Microphone', sessionid: 'Session id',
    ask: 'Say something…', person: 'What I said', avatar: 'What the avatar says', unreachable: 'The server did not answer; try again in a moment',
  },
};
