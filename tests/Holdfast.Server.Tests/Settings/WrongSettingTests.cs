using System.Net;
using System.Net.Sockets;
using Holdfast.AspNetCore;
using Holdfast.Server.Tests.Operating;
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
    [InlineData("Holdfast:HeadRoom:AtLeast=4", "Holdfast:HeadRoom:AtLeast must be a whole number from 0 to 3, not 4.")]
    [InlineData("Holdfast:Access:Keys=a-key-that-nobody-may-see", "Holdfast:Access:Keys has no value of its own, but one for each name: write Holdfast:Access:Keys:NAME.")]
    [InlineData("Holdfast:Access:Keys:shop=a-key-that-nobody-may-see", "Holdfast:Access:Keys:shop is a group of settings and has no value of its own.")]
    [InlineData("Holdfast:Dialogue:Models=gpt", "Holdfast:Dialogue:Models has no value of its own")]
    [InlineData("Holdfast:Dialogue:InstructionsByAvatar=Be nice.", "Holdfast:Dialogue:InstructionsByAvatar has no value of its own")]
    [InlineData("Holdfast:Push:Targets=https://live.example/", "Holdfast:Push:Targets has no value of its own")]
    [InlineData("Holdfast:Push:Targets:live:Url=https://live.example/", "Holdfast:Push:Targets:live is one value; Holdfast:Push:Targets:live:Url is nobody's.")]
    [InlineData("Holdfast:Push:Targets:live=rtmp://", "Holdfast:Push:Targets:live must be an address")]
    [InlineData("Holdfast:Access:Jwt:Authority=nonsense", "Holdfast:Access:Jwt:Authority must be a whole URL that begins with https://, not 'nonsense'")]
    [InlineData("Holdfast:Access:Jwt:Authority=http://id.example", "Holdfast:Access:Jwt:Authority must be a whole URL")]
    [InlineData("Holdfast:Access:Jwt:Audience=holdfast", "Holdfast:Access:Jwt:Audience is of tokens, and there are none")]
    [InlineData("Holdfast:Access:Jwt:Authority=https://id.example;Holdfast:Access:Jwt:Key=0123456789abcdef0123456789abcdef", "Holdfast:Access:Jwt has both an Authority and a Key")]
    [InlineData("Holdfast:Avatar:Voices=anna", "Holdfast:Avatar:Voices has no value of its own")]
    [InlineData("Holdfast:Avatar:Voices:lin=nobody/anna", "Holdfast:Avatar:Voices:lin must be one of the voices there are")]
    [InlineData("Holdfast:Avatar:ActionsDirectory=/nowhere/actions", "Holdfast:Avatar:ActionsDirectory names what is not there: '/nowhere/actions'.")]
    [InlineData("Holdfast:Avatar:Ffmpeg=/nowhere/ffmpeg", "Holdfast:Avatar:Ffmpeg names what is not there: '/nowhere/ffmpeg'.")]
    [InlineData("Holdfast:Push:Ffmpeg=/nowhere/ffmpeg", "Holdfast:Push:Ffmpeg")]
    [InlineData("Holdfast:Recording:Ffmpeg=/nowhere/ffmpeg", "Holdfast:Recording:Ffmpeg")]
    [InlineData("Holdfast:Dialogue:ToolServers:house:Command=/nowhere/tools", "Holdfast:Dialogue:ToolServers:house:Command names what is not there")]
    [InlineData("Holdfast:LiveTalking:PagesPath=/nowhere/pages", "Holdfast:LiveTalking:PagesPath")]
    [InlineData("Holdfast:Speech:EspeakPath=/nowhere/espeak-ng", "Holdfast:Speech:EspeakPath names what is not there: '/nowhere/espeak-ng'.")]
    [InlineData("Holdfast:Speech:FestivalPath=/nowhere/text2wave", "Holdfast:Speech:FestivalPath")]
    [InlineData("Holdfast:Speech:English=nonsense", "Holdfast:Speech:English must be one of the voices there are")]
    [InlineData("Holdfast:Speech:English=piper/nobody", "Holdfast:Speech:English must be one of the voices there are")]
    [InlineData("Holdfast:Speech:Services:a:Kind=nonsense;Holdfast:Speech:Services:a:BaseUrl=http://x/", "Holdfast:Speech:Services:a:Kind must be one of openai")]
    [InlineData("Holdfast:Speech:Services:a:Format=mp3;Holdfast:Speech:Services:a:BaseUrl=http://x/", "Holdfast:Speech:Services:a:Format must be pcm or wav.")]
    [InlineData("Holdfast:Speech:Services:a:BaseUrl=ftp://x/", "Holdfast:Speech:Services:a: BaseUrl must be a whole URL")]
    [InlineData("Holdfast:Telemetry:OtlpEndpoint=localhost:4317", "Holdfast:Telemetry:OtlpEndpoint must be an address such as")]
    [InlineData("Logging:LogLevel:Default=Loud", "Logging:LogLevel:Default")]
    [InlineData("Logging:Console:LogLevel:Holdfast=7", "Logging:Console:LogLevel:Holdfast")]
    public async Task A_wrong_value_of_any_kind_is_told_in_one_line_by_its_name(string setting, string said)
    {
        string[] arguments = setting.StartsWith("Kestrel:Cert", StringComparison.Ordinal) ? ["--" + setting, "--urls", "https://127.0.0.1:0"]
            : setting.StartsWith("urls", StringComparison.Ordinal) ? ["--" + setting]
            : [.. setting.Split(';').Select(static one => "--" + one)];
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => RunningServer.StartAsync(arguments));
        var line = StartFailure.Explain(exception);
        Assert.True(line is not null, exception.ToString());
        Assert.Contains(said, line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', line);
        Assert.True(line.Length < 400, line);
        Assert.DoesNotContain("nobody-may-see", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_for_an_avatar_that_is_not_here_is_told_with_the_one_that_was_meant()
    {
        await using var program = await RunningProgram.StartServerAsync(
            "--Holdfast:Dialogue:LanguageByAvatar:linn=en", "--Holdfast:Dialogue:InstructionsByAvatar:kay=Be kind.", "--Holdfast:Avatar:Voices:anna=male");
        await program.StopAsync();
        Assert.Contains("Holdfast:Dialogue:LanguageByAvatar:linn is for an avatar that is not here and has no effect; did you mean Holdfast:Dialogue:LanguageByAvatar:lin?", program.Output, StringComparison.Ordinal);
        Assert.Contains("Holdfast:Dialogue:InstructionsByAvatar:kay is for an avatar that is not here and has no effect; did you mean Holdfast:Dialogue:InstructionsByAvatar:kai?", program.Output, StringComparison.Ordinal);
        Assert.Contains("Holdfast:Avatar:Voices:anna is for nobody and has no effect; did you mean lin or kai?", program.Output, StringComparison.Ordinal);
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

    /// <summary>As .NET says it on a machine without OpenSSL, where the server was published as one program.</summary>
    [Fact]
    public void A_machine_without_OpenSSL_is_told_which_package_is_missing()
    {
        var line = StartFailure.Explain(new PlatformNotSupportedException("OpenSSL is required for algorithm 'ECDsaOpenSsl' but could not be found or loaded."));
        Assert.Contains("libssl3", line, StringComparison.Ordinal);
        Assert.Null(StartFailure.Explain(new PlatformNotSupportedException("Something else.")));
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
