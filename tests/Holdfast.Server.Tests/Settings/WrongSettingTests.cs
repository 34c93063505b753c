using System.Net;
using System.Net.Sockets;
using Holdfast.AspNetCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Holdfast.Server.Tests.Settings;

/// <summary>Whatever is set wrong stops the start with one line, which names the setting.</summary>
public sealed class WrongSettingTests
{
    [Theory]
    [InlineData("Holdfast:Rtc:Port=abc", "Holdfast:Rtc:Port must be a whole number from 0 to 65535, not 'abc'.")]
    [InlineData("Holdfast:Rtc:Port=70000", "Holdfast:Rtc:Port must be a whole number from 0 to 65535, not 70000.")]
    [InlineData("Holdfast:Rtc:Port=-1", "Holdfast:Rtc:Port")]
    [InlineData("Holdfast:Rtc:Port=", "Holdfast:Rtc:Port must be a whole number from 0 to 65535, not ''.")]
    [InlineData("Holdfast:Rtc:Port=8010 ", "Holdfast:Rtc:Port")]
    [InlineData("Holdfast:Rtc:Port=80.5", "Holdfast:Rtc:Port")]
    [InlineData("Holdfast:Rtc:Port:0=5", "Holdfast:Rtc:Port is one value")]
    [InlineData("Holdfast:Rtc=5", "Holdfast:Rtc is a group of settings")]
    [InlineData("Holdfast=5", "Holdfast is a group of settings")]
    [InlineData("Holdfast:MaxSessions=0", "Holdfast:MaxSessions must be a whole number from 1 to 100000, not 0.")]
    [InlineData("Holdfast:MaxSessions=99999999999", "Holdfast:MaxSessions")]
    [InlineData("Holdfast:GraceSeconds=00:05:00", "Holdfast:GraceSeconds")]
    [InlineData("Holdfast:GraceSeconds=1e2", "Holdfast:GraceSeconds")]
    [InlineData("holdfast:maxsessions=many", "Holdfast:MaxSessions")]
    [InlineData("Holdfast:Store:Enabled=maybe", "Holdfast:Store:Enabled must be true or false, not 'maybe'.")]
    [InlineData("Holdfast:Store:Enabled=1", "Holdfast:Store:Enabled")]
    [InlineData("Holdfast:Store:Directory=/dev/null/store", "Holdfast:Store:Directory must be a directory that can be written to")]
    [InlineData("Holdfast:Store:KeyDirectory=/proc/1", "Holdfast:Store:KeyDirectory")]
    [InlineData("Holdfast:Avatar:AsideDirectory=/dev/null/aside", "Holdfast:Avatar:AsideDirectory")]
    [InlineData("Holdfast:Avatar:PictureSize=big", "Holdfast:Avatar:PictureSize must be a whole number from 128 to 1080, not 'big'.")]
    [InlineData("Holdfast:Avatar:DefaultCharacter=nobody", "Holdfast:Avatar:DefaultCharacter must be lin or kai.")]
    [InlineData("Holdfast:Rtc:MaxHandshakes=0", "Holdfast:Rtc:MaxHandshakes")]
    [InlineData("Holdfast:Rtc:BindAddress=localhost", "Holdfast:Rtc:BindAddress must be an IP address; 'localhost' is not an IP address.")]
    [InlineData("Holdfast:Rtc:BindAddress=1", "Holdfast:Rtc:BindAddress")]
    [InlineData("Holdfast:Rtc:AnnouncedAddresses:0=example", "Holdfast:Rtc:AnnouncedAddresses:0 must be an IP address; 'example' is not an IP address.")]
    [InlineData("Holdfast:Rtc:AnnouncedAddresses=203.0.113.7,203.0.113", "Holdfast:Rtc:AnnouncedAddresses must be an IP address; '203.0.113' is not an IP address.")]
    [InlineData("Holdfast:Rtc:AnnouncedAddresses=0.0.0.0", "Holdfast:Rtc:AnnouncedAddresses")]
    [InlineData("Holdfast:Rtc:AnnouncedAddresses=ff02::1", "Holdfast:Rtc:AnnouncedAddresses")]
    [InlineData("Holdfast:Rtc:AnnouncedAddresses=203.0.113.7:8010", "Holdfast:Rtc:AnnouncedAddresses")]
    [InlineData("urls=127.0.0.1:9000", "urls must be the addresses where HTTP is served, such as http://localhost:8010, not '127.0.0.1:9000'.")]
    [InlineData("urls=http://127.0.0.1:0;nonsense", "urls")]
    [InlineData("urls=ftp://127.0.0.1:9000", "urls")]
    [InlineData("urls=http://127.0.0.1:http", "urls")]
    [InlineData("urls=http://127.0.0.1:70000", "urls")]
    [InlineData("urls=http://127.0.0.1:0/prefix", "urls")]
    [InlineData("urls=http://203.0.113.77:9000", "urls")]
    [InlineData("urls=https://127.0.0.1:0", "urls")]
    [InlineData("Kestrel:Endpoints:A:Url=9000", "Kestrel:Endpoints:A:Url")]
    [InlineData("Kestrel:Endpoints:A:Port=9000", "Kestrel:Endpoints:A:Url")]
    [InlineData("Kestrel:Certificates:Default:Path=/nothing.pfx", "Kestrel")]
    [InlineData("Holdfast:Listening:WhisperModel=/nothing.bin", "Holdfast:Listening:WhisperModel names a file that is not there, '/nothing.bin'.")]
    [InlineData("Holdfast:Listening:WhisperModel=/etc/passwd", "Holdfast:Listening:WhisperModel names a file that is no whole ggml model of Whisper, '/etc/passwd'")]
    [InlineData("Holdfast:Listening:WhisperThreads=65", "Holdfast:Listening:WhisperThreads")]
    [InlineData("Logging:LogLevel:Default=Loud", "Logging:LogLevel:Default")]
    [InlineData("Logging:Console:LogLevel:Holdfast=7", "Logging:Console:LogLevel:Holdfast")]
    public async Task A_wrong_value_of_any_kind_is_told_in_one_line_by_its_name(string setting, string said)
    {
        string[] arguments = setting.StartsWith("Kestrel:Cert", StringComparison.Ordinal) ? ["--" + setting, "--urls", "https://127.0.0.1:0"] : ["--" + setting];
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => RunningServer.StartAsync(arguments));
        var line = StartFailure.Explain(exception);
        Assert.True(line is not null, exception.ToString());
        Assert.Contains(said, line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', line);
        Assert.True(line.Length < 400, line);
    }

    [Fact]
    public async Task A_name_without_a_value_is_not_passed_over()
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => RunningServer.StartAsync("--Holdfast:MaxSessions"));
        Assert.Contains("Holdfast:MaxSessions has no value", StartFailure.Explain(exception), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_HTTP_port_that_is_taken_is_told_as_the_setting_urls()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => RunningServer.StartAsync("--urls", $"http://{taken.LocalEndPoint}"));
        var line = StartFailure.Explain(exception);
        Assert.StartsWith("urls:", line, StringComparison.Ordinal);
        Assert.Contains(taken.LocalEndPoint!.ToString()!, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_media_port_that_is_taken_and_an_address_of_another_machine_are_told_as_theirs()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var inUse = await Assert.ThrowsAnyAsync<Exception>(() => RunningServer.StartAsync("--Holdfast:Store:Enabled=false", "--Holdfast:Rtc:BindAddress=127.0.0.1", $"--Holdfast:Rtc:Port={port}"));
        Assert.StartsWith($"Holdfast:Rtc:Port: UDP port {port}", StartFailure.Explain(inUse), StringComparison.Ordinal);
        var foreign = await Assert.ThrowsAnyAsync<Exception>(() => RunningServer.StartAsync("--Holdfast:Rtc:BindAddress=203.0.113.77"));
        Assert.Equal("Holdfast:Rtc:BindAddress: this machine does not have the address 203.0.113.77.", StartFailure.Explain(foreign));
    }

    [Fact]
    public void A_file_of_settings_that_is_not_JSON_is_named_with_the_line()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "{\n  \"Holdfast\": {\n    \"MaxSessions\": 5,,\n  }\n}\n");
            var exception = Assert.ThrowsAny<Exception>(() => new ConfigurationBuilder().AddJsonFile(file).Build());
            var line = StartFailure.Explain(exception)!;
            Assert.Contains(file, line, StringComparison.Ordinal);
            Assert.Contains("line 3", line, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', line);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Something_that_nobody_foresaw_keeps_its_stack_trace()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(static () => throw new InvalidOperationException("x"));
        Assert.Null(StartFailure.Explain(exception));
    }

    [Theory]
    [InlineData("Holdfast:Rtc:Prot", "Holdfast:Rtc:Port")]
    [InlineData("Holdfast:Port", "Holdfast:Rtc:Port")]
    [InlineData("Holdfast:MaxSession", "Holdfast:MaxSessions")]
    [InlineData("Holdfast:Avatar:PictureSise", "Holdfast:Avatar:PictureSize")]
    [InlineData("Holdfast:Avatars:PictureSize", "Holdfast:Avatar:PictureSize")]
    [InlineData("Holdfast:Rtc:MaxEvents", "Holdfast:Journal:MaxEvents")]
    [InlineData("Holdfast:grace_seconds", "Holdfast:GraceSeconds")]
    public void A_key_that_nobody_reads_is_told_with_the_one_that_was_meant(string key, string meant)
    {
        var warning = Assert.Single(CheckOf((key, "5")).Warnings);
        Assert.StartsWith(key[..key.LastIndexOf(':')], warning, StringComparison.Ordinal);
        Assert.Contains(meant.Contains("Avatar", StringComparison.Ordinal) && key.Contains("Avatars", StringComparison.Ordinal) ? "Holdfast:Avatar" : meant, warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slip_in_the_first_word_is_told_too_and_what_is_anothers_is_not()
    {
        Assert.Contains("did you mean Holdfast", Assert.Single(CheckOf(("Holdfst:Rtc:Port", "5")).Warnings), StringComparison.Ordinal);
        Assert.Empty(CheckOf(("Logging:LogLevel:Default", "Debug"), ("PATH", "/bin"), ("Holdfast:Avatar:Voices:lin", "anna")).Warnings);
    }

    [Fact]
    public async Task Addresses_may_be_one_string()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Rtc:AnnouncedAddresses=203.0.113.7, 2001:db8::7");
        var answer = (await server.CreateAsync()).Body.GetProperty("answer").GetProperty("sdp").GetString()!;
        Assert.Contains(" 203.0.113.7 ", answer, StringComparison.Ordinal);
        Assert.Contains(" 2001:db8::7 ", answer, StringComparison.Ordinal);
    }

    private static SettingsCheck CheckOf(params (string Key, string Value)[] set) => new(
        [new SettingsSection("Holdfast", typeof(HoldfastOptions)), new SettingsSection("Holdfast:Avatar", typeof(Avatar.AvatarOptions))],
        new ConfigurationBuilder().AddInMemoryCollection(set.Select(static one => KeyValuePair.Create(one.Key, (string?)one.Value))).Build());
}
