using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Holdfast.Sessions;

namespace Holdfast.AspNetCore.Http;

/// <summary>Writes a session's events as server-sent events (WHATWG HTML, 9.2): a number, a kind, one line of JSON.</summary>
internal sealed class EventWriter : IDisposable
{
    private readonly IBufferWriter<byte> _output;
    private readonly Utf8JsonWriter _json;
    private readonly Language _language;

    /// <param name="output">Receives the events.</param>
    /// <param name="language">Of the sentences for a person in them.</param>
    public EventWriter(IBufferWriter<byte> output, Language language = Language.English)
    {
        _output = output;
        _language = language;

        // It is no HTML, and Chinese written as it is takes half the bytes. Line ends are escaped all the same.
        _json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>The kind of an event, in the API's words.</summary>
    public static string KindOf(SessionEvent happened) => happened switch
    {
        SessionEvent.StateChanged => "state",
        SessionEvent.PersonSaid => "said",
        SessionEvent.UtteranceAccepted => "accepted",
        SessionEvent.UtteranceStarted => "started",
        SessionEvent.WordReached => "word",
        SessionEvent.UtteranceFinished => "finished",
        SessionEvent.UtteranceInterrupted => "interrupted",
        SessionEvent.UtteranceDropped => "dropped",
        SessionEvent.UtteranceFailed => "failed",
        SessionEvent.UtteranceResumed => "resumed",
        SessionEvent.VoiceFellBack => "voiceFellBack",
        SessionEvent.Adjusted => "adjusted",
        SessionEvent.PicturesChanged => "pictures",
        SessionEvent.ErrorOccurred => "problem",
        SessionEvent.Told told => told.Name,
        _ => throw new UnreachableException(),
    };

    public void Write(in JournalEntry entry)
    {
        Begin(entry.Number, KindOf(entry.Event));
        _json.WriteString("at"u8, entry.At.UtcDateTime);
        WriteMembers(entry.Event);
        End();
    }

    /// <summary>So many events, up to the one of this number, are gone.</summary>
    public void WriteMissed(long count, long upTo)
    {
        Begin(upTo, "missed");
        _json.WriteNumber("count"u8, count);
        _json.WriteNumber("from"u8, upTo - count + 1);
        _json.WriteNumber("to"u8, upTo);
        End();
    }

    /// <summary>Why the stream ends although the session does not. It has no number: there is nothing to be read again.</summary>
    public void WriteFarewell(string kind)
    {
        Begin(number: null, kind);
        End();
    }

    /// <summary>What every reader skips. It keeps proxies from closing the stream, and shows a dead one to be dead.</summary>
    public void WriteKeepAlive() => _output.Write(":\n\n"u8);

    public void Dispose() => _json.Dispose();

    private void WriteMembers(SessionEvent happened)
    {
        switch (happened)
        {
            case SessionEvent.StateChanged changed:
                WriteText("from"u8, changed.From is { } from ? Words.Of(from) : null);
                WriteText("to"u8, Words.Of(changed.To));
                WriteText("reason"u8, Words.Stable(changed.Reason));
                _json.WriteNumber("generation"u8, changed.Generation);
                WriteSpan("afterMilliseconds"u8, changed.After);
                break;
            case SessionEvent.PersonSaid said:
                WriteText("text"u8, said.Text);
                WriteText("key"u8, said.Key);
                WriteText("utteranceId"u8, said.UtteranceId);
                break;
            case SessionEvent.UtteranceAccepted accepted:
                WriteText("utteranceId"u8, accepted.UtteranceId);
                WriteText("text"u8, accepted.Text);
                WriteText("key"u8, accepted.Key);
                WriteText("part"u8, accepted.Part);
                break;
            case SessionEvent.Told told:
                WriteObject(told.Json);
                break;
            case SessionEvent.UtteranceStarted started:
                WriteText("utteranceId"u8, started.UtteranceId);
                break;
            case SessionEvent.WordReached word:
                WriteText("utteranceId"u8, word.UtteranceId);
                _json.WriteNumber("offset"u8, word.Offset);
                _json.WriteNumber("length"u8, word.Length);
                WriteSpan("mediaMilliseconds"u8, word.MediaTime);
                if (word.RtpTimestamp is { } timestamp)
                {
                    _json.WriteNumber("rtpTimestamp"u8, timestamp);
                }
                else
                {
                    _json.WriteNull("rtpTimestamp"u8);
                }

                break;
            case SessionEvent.UtteranceFinished finished:
                WriteText("utteranceId"u8, finished.UtteranceId);
                break;
            case SessionEvent.UtteranceInterrupted interrupted:
                WriteText("utteranceId"u8, interrupted.UtteranceId);
                if (interrupted.Heard is { } heard)
                {
                    _json.WriteNumber("heard"u8, heard);
                }
                else
                {
                    _json.WriteNull("heard"u8);
                }

                WriteText("part"u8, interrupted.Part);
                break;
            case SessionEvent.UtteranceDropped dropped:
                WriteText("utteranceId"u8, dropped.UtteranceId);
                break;
            case SessionEvent.UtteranceFailed failed:
                WriteText("utteranceId"u8, failed.UtteranceId);
                WriteText("reason"u8, Sentences.Stable(failed.Fault));
                WriteText("detail"u8, Sentences.Of(failed.Fault, _language));
                break;
            case SessionEvent.UtteranceResumed resumed:
                WriteText("utteranceId"u8, resumed.UtteranceId);
                _json.WriteNumber("offset"u8, resumed.Offset);
                WriteSpan("awayMilliseconds"u8, resumed.Away);
                WriteSpan("repeatedMilliseconds"u8, resumed.Repeated);
                break;
            case SessionEvent.VoiceFellBack fellBack:
                WriteText("utteranceId"u8, fellBack.UtteranceId);
                WriteText("voice"u8, fellBack.Voice);
                WriteText("reason"u8, Sentences.Stable(fellBack.Fault));
                WriteText("detail"u8, Sentences.AnotherVoice(_language));
                break;
            case SessionEvent.Adjusted adjusted:
                WriteText("avatar"u8, adjusted.Show);
                WriteText("voice"u8, adjusted.Voice);
                _json.WriteNumber("speed"u8, Math.Round(adjusted.Speed ?? 1, 2));
                _json.WriteNumber("pitch"u8, Math.Round(adjusted.Pitch ?? 1, 2));
                break;
            case SessionEvent.PicturesChanged changed:
                WriteText("quality"u8, Words.Of(changed.Quality));
                break;
            case SessionEvent.ErrorOccurred error:
                WriteText("detail"u8, error.Sentence);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void WriteText(ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
        {
            _json.WriteNull(name);
        }
        else
        {
            _json.WriteString(name, text);
        }
    }

    /// <summary>The members of an object, as whoever told of it wrote them.</summary>
    private void WriteObject(string json)
    {
        using var members = JsonDocument.Parse(json);
        foreach (var member in members.RootElement.EnumerateObject())
        {
            member.WriteTo(_json);
        }
    }

    private void WriteSpan(ReadOnlySpan<byte> name, TimeSpan span) => _json.WriteNumber(name, (long)span.TotalMilliseconds);

    private void Begin(long? number, string kind)
    {
        if (number is { } id)
        {
            _output.Write("id: "u8);
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(id, digits, out var length);
            _output.Write(digits[..length]);
            _output.Write("\n"u8);
        }

        _output.Write("event: "u8);
        Encoding.ASCII.GetBytes(kind.AsSpan(), _output);
        _output.Write("\ndata: "u8);
        _json.Reset();
        _json.WriteStartObject();
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _output.Write("\n\n"u8);
    }
}
