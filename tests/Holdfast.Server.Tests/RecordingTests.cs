using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Holdfast.AspNetCore.Http;
using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Speech;

namespace Holdfast.Server.Tests;

/// <summary>What a person says into a dead connection: their page has recorded it and sends it when the connection is back.</summary>
[Collection(nameof(Alone))]
[Trait("Speed", "Slow")]
public sealed class RecordingTests
{
    private const string Count = "one two three four five six seven eight nine ten eleven twelve";

    [Fact]
    public async Task A_sentence_that_an_outage_cuts_in_two_is_heard_whole_and_no_word_twice()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => Count;
        service.Say("Well counted.");
        await using var talk = await Talk.BeginAsync(service);
        var sound = await talk.SoundOfAsync(Count);

        var began = Stopwatch.GetTimestamp();
        var saying = talk.SayAsync(sound);
        await talk.EventsUntil("phase");
        await talk.CutOffAsync();
        await talk.ComeBackAsync();
        await saying;
        using var taken = await talk.SendAsync(sound, began);

        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        var events = await talk.EventsUntil("turnEnded");
        var heard = Assert.Single(events, static happened => happened.Kind is "heard" && happened.Data.GetProperty("final").GetBoolean()).Data;
        Assert.Equal((Count, 1), (heard.GetProperty("text").GetString(), heard.GetProperty("turn").GetInt32()));
        Assert.Single(service.Requests);
        AssertSame(sound, service.Heard[^1].Sound);
    }

    [Fact]
    public async Task A_sentence_that_ends_in_the_gap_keeps_every_word()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => Count;
        service.Say("Well counted.");
        await using var talk = await Talk.BeginAsync(service);
        var sound = await talk.SoundOfAsync(Count);

        var began = Stopwatch.GetTimestamp();
        var saying = talk.SayAsync(sound);
        await talk.EventsUntil("phase");
        await talk.CutOffAsync();
        await saying;
        await talk.ComeBackAsync();
        using var taken = await talk.SendAsync(sound, began);

        await talk.EventsUntil("turnEnded");
        Assert.Single(service.Requests);
        AssertSame(sound, service.Heard[^1].Sound);
    }

    [Fact]
    public async Task Two_outages_in_one_sentence_are_mended_by_one_recording()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => Count;
        service.Say("Well counted.");
        await using var talk = await Talk.BeginAsync(service);
        var sound = await talk.SoundOfAsync(Count);

        var began = Stopwatch.GetTimestamp();
        var saying = talk.SayAsync(sound);
        await talk.EventsUntil("phase");
        await talk.CutOffAsync();
        await talk.ComeBackAsync();
        await talk.CutOffAsync(times: 2);
        await talk.ComeBackAsync(times: 2);
        await saying;
        using var taken = await talk.SendAsync(sound, began);

        await talk.EventsUntil("turnEnded");
        Assert.Single(service.Requests);
        AssertSame(sound, service.Heard[^1].Sound);
    }

    [Fact]
    public async Task What_is_said_wholly_into_the_gap_is_a_question_of_its_own_once_however_often_it_is_sent()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "What time is it?";
        service.Say("It is noon.");
        await using var talk = await Talk.BeginAsync(service);
        var sound = await talk.SoundOfAsync("What time is it?");

        await talk.CutOffAsync();
        var began = Stopwatch.GetTimestamp();
        await talk.SayAsync(sound);
        await talk.ComeBackAsync();
        using var first = await talk.SendAsync(sound, began, "a");
        var events = await talk.EventsUntil("turnEnded");
        using var again = await talk.SendAsync(sound, began, "a");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal("It is noon.", events[^1].Data.GetProperty("text").GetString());
        var asked = Assert.Single(service.Requests);
        Assert.Equal("What time is it?", asked.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString());
        Assert.Single(service.Heard);
        AssertSame(sound, service.Heard[0].Sound);
    }

    [Fact]
    public async Task What_arrived_is_not_heard_again_because_a_page_sends_it_too()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "What time is it?";
        service.Say("It is noon.");
        service.Say("It is still noon.");
        await using var talk = await Talk.BeginAsync(service);
        var sound = await talk.SoundOfAsync("What time is it?");
        var began = Stopwatch.GetTimestamp();
        await talk.SayAsync(sound);
        await talk.EventsUntil("turnEnded");

        using var unneeded = await talk.SendAsync(sound, began, "a");
        await talk.SayAsync(sound);

        Assert.True(unneeded.IsSuccessStatusCode);
        var events = await talk.EventsUntil("turnEnded", count: 2);
        Assert.Equal([1, 2], events.Where(static happened => happened.Kind is "turnEnded").Select(static happened => happened.Data.GetProperty("turn").GetInt32()));
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task Silence_that_was_recorded_asks_nobody_anything()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "Hello?";
        service.Say("Hello.");
        await using var talk = await Talk.BeginAsync(service);

        await talk.CutOffAsync();
        var began = Stopwatch.GetTimestamp();
        await talk.ComeBackAsync();
        using var taken = await talk.SendAsync(new short[SoundFormat.SampleRate], began);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        await talk.SayAsync("Hello?");

        await talk.EventsUntil("turnEnded");
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task What_is_no_recording_is_refused_with_a_reason()
    {
        await using var service = await OpenAiServer.StartAsync();
        await using var server = await RunningServer.StartAsync($"--Holdfast:Listening:BaseUrl={service.Url}");
        var session = await server.CreateAsync();
        var text = "<html>no sound at all</html>"u8.ToArray();
        foreach (var query in (string[])["?from=soon", "?from=600001", "?from=-1", "?key=", "?key=" + new string('k', 65)])
        {
            await RefusesAsync(server, session, text, query, HttpStatusCode.BadRequest, "bad-request");
        }

        await RefusesAsync(server, session, text, "", HttpStatusCode.UnsupportedMediaType, "not-sound");
        var tooLong = WavFile.Write(new short[8_000 * (MicrophoneEndpoints.MaxSeconds + 1)], 8_000);
        await RefusesAsync(server, session, tooLong, "", HttpStatusCode.RequestEntityTooLarge, "too-large");

        await using var deaf = await RunningServer.StartAsync();
        await RefusesAsync(deaf, await deaf.CreateAsync(), WavFile.Write(new short[16_000], 16_000), "", HttpStatusCode.NotImplemented, "not-listening");
    }

    private static async Task RefusesAsync(RunningServer server, RunningServer.Created session, byte[] file, string query, HttpStatusCode status, string kind)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, session.Path + "/microphone/recording" + query) { Content = new ByteArrayContent(file) };
        request.Headers.Authorization = new("Bearer", session.Token);
        using var refused = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, refused.StatusCode);
        await SessionApiTests.AssertProblem(refused, kind);
    }

    /// <summary>Two sounds have the same syllables at the same times: none is missing in the other, and none is in it twice.</summary>
    /// <param name="said">48 kHz.</param>
    /// <param name="heard">16 kHz, with some silence around it.</param>
    private static void AssertSame(short[] said, short[] heard)
    {
        var (one, other) = (SoundLikeness.LoudnessOf(HearingFormat.From(said)), SoundLikeness.LoudnessOf(heard));
        var best = SoundLikeness.Of(one, other);
        Assert.True(best > 0.9, string.Create(CultureInfo.InvariantCulture, $"Said {one.Length * 20} ms, heard {other.Length * 20} ms; they are alike to {best:0.00} only. Each 400 ms of it were heard so much later: {string.Join(' ', LagsOf(one, other))}."));
    }

    /// <summary>Where the parts of one sound are in the other, in milliseconds: jumps tell what is missing or is there twice.</summary>
    private static IEnumerable<int> LagsOf(double[] one, double[] other)
    {
        for (var from = 0; from + 20 <= one.Length; from += 20)
        {
            var part = one[from..(from + 20)];
            yield return 20 * Enumerable.Range(-40, 80).MaxBy(lag => SoundLikeness.At(part, Window(other, from + lag), 0));
        }

        static double[] Window(double[] values, int from) =>
            [.. Enumerable.Range(from, 20).Select(index => index >= 0 && index < values.Length ? values[index] : 0.001)];
    }
}
