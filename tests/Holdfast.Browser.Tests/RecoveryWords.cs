namespace Holdfast.Browser.Tests;

/// <summary>What the page says about a session that is away, as the person at it reads it.</summary>
internal sealed record RecoveryWords(
    string Interrupted,
    string Kept,
    string Reconnect,
    string Held,
    string HeldTitle,
    string StartAnew,
    string[] Ways,
    string Failed,
    string Restored,
    string BackAfter)
{
    private static readonly RecoveryWords Chinese = new(
        Interrupted: "连接中断",
        Kept: "连接断开，系统保留会话5分钟，可点击重连按钮",
        Reconnect: "手动重连",
        Held: "会话保留中",
        HeldTitle: "连接断开，会话为你保留",
        StartAnew: "开始新会话",
        Ways: ["正在重启通道…", "请服务器帮忙…", "正在建立新连接…"],
        Failed: "这次没有连上，会话还在",
        Restored: "WebRTC连接已恢复",
        BackAfter: "断线");

    private static readonly RecoveryWords English = new(
        Interrupted: "Interrupted",
        Kept: "Connection lost. The session is kept for 5 minutes; you can press Reconnect",
        Reconnect: "Reconnect",
        Held: "Disconnected · kept",
        HeldTitle: "Connection lost, session kept for you",
        StartAnew: "Start a new session",
        Ways: ["Restarting the path…", "Asking the server for help…", "Making a new connection…"],
        Failed: "Not back yet, but the session is kept",
        Restored: "WebRTC connection restored",
        BackAfter: "away for");

    public static RecoveryWords Of(string locale) => string.Equals(locale, "en", StringComparison.Ordinal) ? English : Chinese;
}
