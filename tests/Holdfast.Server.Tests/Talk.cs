using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Lab.Peer;
using Holdfast.Speech;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests;

/// <summary>Somebody who talks with the avatar: a server that listens, a person with a microphone, and what happens in their session.</summary>
internal sealed class Talk : IAsyncDisposable
{
    private readonly PeerHost _peers;
    private readonly PeerMicrophone _microphone;

    private Talk(RunningServer server, PeerHost peers, Person person)
    {
        (Server, _peers, Person) = (server, peers, person);
        _microphone = new PeerMicrophone(person.Line, TimeProvider.System);
    }

    public RunningServer Server { get; }

    public Person Person { get; }

    public static async Task<Talk> BeginAsync(OpenAiServer service, params string[] settings)
    {
        var server = await RunningServer.StartAsync([
            $"--Holdfast:Dialogue:Models:local:BaseUrl={service.Url}",
            "--Holdfast:Dialogue:Models:local:Model=tiny",
            "--Holdfast:Dialogue:Models:local:Key=s3cret",
            $"--Holdfast:Listening:BaseUrl={service.Url}",
            "--Holdfast:Listening:Model=ears",
            "--Holdfast:Listening:Key=s3cret",
            .. settings,
        ]);
        var peers = new PeerHost(TimeProvider.System);
        return new Talk(server, peers, await Person.ConnectAsync(server, peers, speaks: true));
    }

    /// <summary>What a text sounds like: 48 kHz mono.</summary>
    public async Task<short[]> SoundOfAsync(string text)
    {
        var sound = new List<short>();
        var decoder = new SpeechDecoder(samples => sound.AddRange(samples));
        await foreach (var update in Server.Services.GetRequiredService<ITextToSpeechClient>().GetStreamingAudioAsync(
            text, new TextToSpeechOptions { VoiceId = "female" }, TestContext.Current.CancellationToken))
        {
            foreach (var content in update.Contents.OfType<DataContent>())
            {
                decoder.Push(content);
            }
        }

        decoder.Flush();
        return [.. sound];
    }

    /// <summary>The person says something aloud.</summary>
    public async Task SayAsync(string text) => await _microphone.SayAsync(await SoundOfAsync(text));

    /// <summary>The person says what is in a sound.</summary>
    public Task SayAsync(ReadOnlyMemory<short> sound) => _microphone.SayAsync(sound);

    public async Task AskAsync(string text)
    {
        using var response = await Server.SendAsync(HttpMethod.Post, Person.Path + "/say", Person.Token, new { text, mode = "chat" });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    public async Task SetAsync(string mode, bool isTalking)
    {
        using var response = await Server.SendAsync(HttpMethod.Put, Person.Path + "/microphone", Person.Token, new { mode, talking = isTalking });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    /// <summary>From now on no packet gets through, either way; the server has noticed.</summary>
    /// <param name="times">How often it has noticed by then.</param>
    public async Task CutOffAsync(int times = 1)
    {
        Person.Line.Cut = LineCut.Both;
        await Until(events => StatesIn(events, "interrupted") >= times);
    }

    /// <summary>Packets get through again; the server has noticed.</summary>
    public async Task ComeBackAsync(int times = 1)
    {
        Person.Line.Cut = LineCut.None;
        await Until(events => events.Count(static happened => IsState(happened, "connected") && happened.Data.GetProperty("from").GetString() is "interrupted") >= times);
    }

    /// <summary>Their page sends what it has recorded.</summary>
    /// <param name="sound">48 kHz mono.</param>
    /// <param name="began">When it began, a timestamp.</param>
    /// <param name="key">The page's name for it.</param>
    public Task<HttpResponseMessage> SendAsync(short[] sound, long began, string key = "r1")
    {
        var ago = (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return SendAsync(WavFile.Write(sound, 48_000), string.Create(CultureInfo.InvariantCulture, $"?from={ago}&key={key}"));
    }

    /// <summary>Their page sends something as a recording.</summary>
    public async Task<HttpResponseMessage> SendAsync(byte[] file, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Person.Path + "/microphone/recording" + query) { Content = new ByteArrayContent(file) };
        request.Headers.Authorization = new("Bearer", Person.Token);
        return await Server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static int StatesIn(IEnumerable<(string Kind, JsonElement Data)> events, string state) => events.Count(happened => IsState(happened, state));

    private static bool IsState((string Kind, JsonElement Data) happened, string state) =>
        happened.Kind is "state" && string.Equals(happened.Data.GetProperty("to").GetString(), state, StringComparison.Ordinal);

    /// <summary>The session's conversation as it is now.</summary>
    public async Task<JsonElement> LookAsync()
    {
        using var view = await Server.SendAsync(HttpMethod.Get, Person.Path, Person.Token);
        return (await SessionApiTests.JsonOf(view)).GetProperty("conversation");
    }

    /// <summary>All events up to the one of a kind, or the so-manyth of it.</summary>
    public Task<IReadOnlyList<(string Kind, JsonElement Data)>> EventsUntil(string kind, int count = 1) =>
        Until(events => events.Count(happened => string.Equals(happened.Kind, kind, StringComparison.Ordinal)) >= count);

    /// <summary>All events up to the one with which something is so.</summary>
    public async Task<IReadOnlyList<(string Kind, JsonElement Data)>> Until(Func<IReadOnlyList<(string Kind, JsonElement Data)>, bool> isSo)
    {
        using var response = await Server.OpenEventsAsync(Person.Path + "/events", Person.Token);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        List<(string Kind, JsonElement Data)> events = [];
        try
        {
            await foreach (var happened in SseParser.Create(stream).EnumerateAsync(late.Token))
            {
                events.Add((happened.EventType, JsonSerializer.Deserialize<JsonElement>(happened.Data)));
                if (isSo(events))
                {
                    return events;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Said below.
        }

        throw new TimeoutException("It never came true: " + string.Join('\n', events.Select(static happened => $"{happened.Kind} {happened.Data}")));
    }

    public async ValueTask DisposeAsync()
    {
        await _microphone.DisposeAsync();
        await _peers.DisposeAsync();
        await Server.DisposeAsync();
    }
}
