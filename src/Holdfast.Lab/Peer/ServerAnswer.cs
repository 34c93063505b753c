using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Lab.Peer;

/// <summary>What a client needs from an answer, whoever wrote it.</summary>
/// <param name="Credentials">The server's ICE credentials.</param>
/// <param name="Fingerprint">Of the server's certificate.</param>
/// <param name="IsDtlsServer">Whether the server waits for the client's handshake (a=setup:passive).</param>
/// <param name="Candidates">Where the server may be reached by UDP, in the order in which it names them.</param>
/// <param name="TransportSequenceId">The header extension with the transport-wide sequence number; null where it was not agreed on.</param>
/// <param name="HasVideo">Whether the server shows something.</param>
/// <param name="HasAudio">Whether the server sounds.</param>
internal sealed record ServerAnswer(
    IceCredentials Credentials,
    SdpFingerprint Fingerprint,
    bool IsDtlsServer,
    IReadOnlyList<IPEndPoint> Candidates,
    byte? TransportSequenceId,
    bool HasVideo,
    bool HasAudio)
{
    private const int MaximumCandidates = 16;
    private const int MaximumLength = 64 * 1024;

    /// <summary>The ICE generation that a Holdfast server writes behind the slash of its ufrag; 0 for others.</summary>
    public int Generation
    {
        get
        {
            var slash = Credentials.Ufrag.LastIndexOf('/');
            return slash >= 0 && int.TryParse(Credentials.Ufrag.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
                ? generation
                : 0;
        }
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="sdp">The text.</param>
    /// <param name="answer">What it says.</param>
    /// <param name="error">What is missing, a sentence for a person.</param>
    public static bool TryParse(string? sdp, [NotNullWhen(true)] out ServerAnswer? answer, [NotNullWhen(false)] out string? error)
    {
        answer = null;
        if (string.IsNullOrWhiteSpace(sdp) || sdp.Length > MaximumLength || !sdp.StartsWith("v=0", StringComparison.Ordinal))
        {
            error = "The answer is no SDP.";
            return false;
        }

        var facts = new Facts();
        foreach (var line in sdp.AsSpan().EnumerateLines())
        {
            facts.Add(line);
        }

        if (facts.Ufrag is null || facts.Password is null)
        {
            error = "The answer has no ICE credentials.";
            return false;
        }

        if (facts.Fingerprint is null)
        {
            error = "The answer has no certificate fingerprint that is understood.";
            return false;
        }

        error = null;
        answer = new ServerAnswer(
            new IceCredentials(facts.Ufrag, facts.Password),
            facts.Fingerprint,
            !facts.IsActive,
            facts.Candidates,
            facts.TransportSequenceId,
            facts.HasVideo,
            facts.HasAudio);
        return true;
    }

    /// <summary>What was read so far. With BUNDLE the transport of the first section is that of all.</summary>
    private sealed class Facts
    {
        public string? Ufrag { get; private set; }

        public string? Password { get; private set; }

        public SdpFingerprint? Fingerprint { get; private set; }

        public bool IsActive { get; private set; }

        public List<IPEndPoint> Candidates { get; } = [];

        public byte? TransportSequenceId { get; private set; }

        public bool HasVideo { get; private set; }

        public bool HasAudio { get; private set; }

        public void Add(ReadOnlySpan<char> line)
        {
            if (line.StartsWith("m=", StringComparison.Ordinal))
            {
                AddSection(line);
            }
            else if (TryValue(line, "ice-ufrag", out var value))
            {
                Ufrag ??= value.ToString();
            }
            else if (TryValue(line, "ice-pwd", out value))
            {
                Password ??= value.ToString();
            }
            else if (TryValue(line, "fingerprint", out value))
            {
                if (Fingerprint is null && SdpFingerprint.TryParse(value, out var fingerprint))
                {
                    Fingerprint = fingerprint;
                }
            }
            else if (TryValue(line, "setup", out value))
            {
                IsActive = value.SequenceEqual("active");
            }
            else if (TryValue(line, "candidate", out value))
            {
                AddCandidate(value.ToString().Split(' '));
            }
            else if (TryValue(line, "extmap", out value))
            {
                AddExtension(value);
            }
        }

        private static bool TryValue(ReadOnlySpan<char> line, string attribute, out ReadOnlySpan<char> value)
        {
            value = default;
            if (!line.StartsWith("a=", StringComparison.Ordinal)
                || !line[2..].StartsWith(attribute, StringComparison.Ordinal)
                || line.Length <= attribute.Length + 2
                || line[attribute.Length + 2] != ':')
            {
                return false;
            }

            value = line[(attribute.Length + 3)..].Trim();
            return true;
        }

        private void AddSection(ReadOnlySpan<char> line)
        {
            // Port 0 refuses a section.
            var text = line.ToString().Split(' ');
            var accepted = text.Length > 1 && !string.Equals(text[1], "0", StringComparison.Ordinal);
            HasVideo |= accepted && line.StartsWith("m=video", StringComparison.Ordinal);
            HasAudio |= accepted && line.StartsWith("m=audio", StringComparison.Ordinal);
        }

        private void AddCandidate(string[] parts)
        {
            if (parts.Length < 8
                || parts[1] is not "1"
                || !parts[2].Equals("udp", StringComparison.OrdinalIgnoreCase)
                || !IPAddress.TryParse(parts[4], out var address)
                || !ushort.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                || port == 0
                || Candidates.Count == MaximumCandidates)
            {
                return;
            }

            var candidate = new IPEndPoint(address, port);
            if (!Candidates.Contains(candidate))
            {
                Candidates.Add(candidate);
            }
        }

        private void AddExtension(ReadOnlySpan<char> value)
        {
            var space = value.IndexOf(' ');
            if (space > 0
                && value[(space + 1)..].SequenceEqual(ClientOffer.TransportSequence)
                && byte.TryParse(value[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                TransportSequenceId ??= id;
            }
        }
    }
}
