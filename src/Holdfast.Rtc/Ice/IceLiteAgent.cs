using System.Net;
using System.Text;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc.Ice;

/// <summary>
/// Answers the connectivity checks of one session's client as an ICE-lite agent (RFC 8445 section 2.5), and decides which path the
/// session uses.
/// </summary>
/// <remarks>
/// <para>Sans-IO: it is handed requests and the time and writes responses. It never sends a check of its own.</para>
/// <para>
/// Credentials are numbered in generations and derived (<see cref="IcePassword"/>), so that a client can restart
/// ICE without asking. The current generation and the next <see cref="MaxGenerationsAhead"/> are served at the same time;
/// the first nomination of a newer one makes it the current one, and those before it are refused from then on.
/// </para>
/// <para>
/// Only a genuine USE-CANDIDATE moves the path, also after it was nominated. In RFC 8445 the nominated pair stays until a
/// restart, but browsers do nominate again after their address changed, and a client that can prove who it is knows better
/// than the server where it is.
/// </para>
/// <para>
/// Each check acts once (<see cref="TransactionMemory"/>): who records one and sends it again moves nothing.
/// </para>
/// <para>
/// The one exception to the path's moving: towards a lite agent Firefox nominates every pair it checks, within a moment, and uses the best that
/// works (aggressive nomination, RFC 5245 section 8.1.1.2). So of nominations within <see cref="NominationWindow"/> a
/// candidate of lower priority does not displace a better one. Chromium nominates one pair, and repeats it in every check.
/// </para>
/// </remarks>
internal sealed class IceLiteAgent
{
    /// <summary>How far ahead of the current generation a client may be: attempts of which the server heard nothing.</summary>
    public const int MaxGenerationsAhead = 16;

    /// <summary>How long after a path was selected one of lower priority is taken to be nominated along with it, not after it.</summary>
    public static readonly TimeSpan NominationWindow = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a buffer that holds any response.</summary>
    public const int MaxResponseLength = 128;

    /// <summary>Characters of the longest routing tag: a ufrag has at most 32 in Chromium, 11 of them for the generation.</summary>
    public const int MaxTagLength = 21;

    /// <summary>Attributes named at most in a 420 response.</summary>
    private const int MaxUnknownReported = 16;

    private readonly byte[] _secret;
    private readonly byte[] _tag;
    private readonly TransactionMemory _transactions = new();
    private Credentials _current;

    // One newer generation whose checks were genuine, or which an offer announced. Others are derived anew for each check, so that
    // nobody can make this agent remember anything without knowing the secret.
    private Credentials _pending;

    private int _newestGeneration;
    private RtcTime _selectedAt;
    private uint _selectedPriority;

    /// <summary>Makes the agent of a session, or makes it again after a restart of the process.</summary>
    /// <param name="tag">The routing tag: 2 to 21 characters of ALPHA / DIGIT / "+", unguessable, unique on the server.</param>
    /// <param name="secret">The session's ICE secret, shared with its client.</param>
    /// <param name="generation">The generation to begin with.</param>
    /// <exception cref="ArgumentException">The tag is not such a text, or the secret is empty.</exception>
    public IceLiteAgent(string tag, ReadOnlySpan<byte> secret, int generation = 0)
    {
        ArgumentNullException.ThrowIfNull(tag);
        ArgumentOutOfRangeException.ThrowIfNegative(generation);
        if (tag.Length is < 2 or > MaxTagLength || tag.Contains('/', StringComparison.Ordinal) || !IceSyntax.IsIceChars(tag))
        {
            throw new ArgumentException("A routing tag has 2 to 21 letters, digits or '+'.", nameof(tag));
        }

        if (secret.IsEmpty)
        {
            throw new ArgumentException("The ICE secret is empty.", nameof(secret));
        }

        Tag = tag;
        _tag = Encoding.ASCII.GetBytes(tag);
        _secret = secret.ToArray();
        _current = new Credentials(generation);
        _pending = new Credentials(Credentials.None);
        _newestGeneration = generation;
    }

    /// <summary>The routing tag: the part before '/' of all this agent's ufrags.</summary>
    public string Tag { get; }

    /// <summary>The generation that was nominated last, or the one begun with.</summary>
    public int Generation => _current.Generation;

    /// <summary>The first generation that neither a genuine check nor an offer has used: the one to restart with by an answer.</summary>
    public int NextGeneration => _newestGeneration + 1;

    /// <summary>Where the client is, once it nominated a path.</summary>
    public IPEndPoint? Selected { get; private set; }

    /// <summary>When the last genuine check of a served generation came; null before the first.</summary>
    public RtcTime? LastAuthenticated { get; private set; }

    /// <summary>This server's ufrag in a generation.</summary>
    public string LocalUfrag(int generation) => $"{Tag}/{generation}";

    /// <summary>This server's password in a generation, towards a client's ufrag.</summary>
    public string LocalPassword(int generation, string remoteUfrag) =>
        IcePassword.Derive(_secret, LocalUfrag(generation), remoteUfrag);

    /// <summary>The served generation in which the client is known by a ufrag; null: none, so that an offer with it restarts ICE.</summary>
    public int? GenerationOf(string remoteUfrag) =>
        _current.IsOf(remoteUfrag) ? _current.Generation : _pending.IsOf(remoteUfrag) ? _pending.Generation : null;

    /// <summary>Tells the client's ufrag in a generation, known from its offer.</summary>
    /// <remarks>
    /// In the current generation no other ufrag is accepted from then on. A newer one is only prepared for: until it is
    /// nominated, checks with any ufrag that carry the right password count, since a client whose answer was lost starts over.
    /// </remarks>
    /// <exception cref="ArgumentException">The ufrag is none, or the generation is not among those served.</exception>
    public void SetRemote(int generation, string ufrag)
    {
        ArgumentNullException.ThrowIfNull(ufrag);
        if (!IceSyntax.IsUfrag(ufrag))
        {
            throw new ArgumentException("An ICE ufrag has 4 to 256 ice-chars.", nameof(ufrag));
        }

        if (!IsServed(generation))
        {
            throw new ArgumentOutOfRangeException(nameof(generation), generation, "The generation is not served.");
        }

        Keep(new Credentials(
            generation, Encoding.ASCII.GetBytes(ufrag), Encoding.ASCII.GetBytes(LocalPassword(generation, ufrag))));
    }

    /// <summary>Answers one STUN message (RFC 8489 sections 6.3 and 9.1.3, RFC 8445 section 7.3).</summary>
    /// <param name="now">The time.</param>
    /// <param name="message">What came.</param>
    /// <param name="source">Where it came from; an address of the form ::ffff:a.b.c.d is treated as the IPv4 address.</param>
    /// <param name="response">Receives the response: at least <see cref="MaxResponseLength"/> bytes.</param>
    /// <param name="responseLength">Bytes of the response to send back to <paramref name="source"/>; 0 where there is none.</param>
    public IceVerdict HandleBinding(
        RtcTime now, in StunMessage message, IPEndPoint source, Span<byte> response, out int responseLength)
    {
        responseLength = 0;

        // An agent that checks nothing has no use for responses. Indications are keepalives (RFC 8445 section 11) and
        // carry no proof of who sent them.
        if (message.Class != StunClass.Request || message.Method != StunMessage.BindingMethod || !message.VerifyFingerprint())
        {
            return IceVerdict.Ignored;
        }

        if (!message.HasIntegrity || !message.HasUsername)
        {
            return Reject(message, StunErrorCode.BadRequest, default, response, out responseLength);
        }

        Span<byte> password = stackalloc byte[IcePassword.Length];
        if (!TryFindPassword(message.Username, password, out var username) || !message.VerifyIntegrity(password))
        {
            return Reject(message, StunErrorCode.Unauthenticated, default, response, out responseLength);
        }

        if (message.HasUnknownRequired)
        {
            return Reject(message, StunErrorCode.UnknownAttribute, password, response, out responseLength);
        }

        if (message.Priority is not { } priority)
        {
            return Reject(message, StunErrorCode.BadRequest, password, response, out responseLength);
        }

        // A lite agent is controlled for good: a client that believes it is, too, has to switch (RFC 8445 section 7.3.1.1).
        // A check without either role is of an older version of ICE, and no conflict.
        if (message.IceControlled is not null)
        {
            return Reject(message, StunErrorCode.RoleConflict, password, response, out responseLength);
        }

        // A check acts once. Sent again it is answered, in case the answer was lost; from elsewhere it is somebody's recording.
        var novelty = _transactions.Note(message.TransactionId, source);
        if (novelty == TransactionNovelty.Replayed)
        {
            return IceVerdict.Replayed;
        }

        responseLength = WriteSuccess(message, source, password, response);
        if (novelty == TransactionNovelty.Repeated)
        {
            return IceVerdict.Repeated;
        }

        LastAuthenticated = now;
        Remember(username, password);
        return message.HasUseCandidate && Nominate(now, username, source, priority)
            ? IceVerdict.PathChanged
            : IceVerdict.Checked;
    }

    /// <summary>What another process needs to serve the same generations: the client's ufrag in the current one, and in the one that is prepared for.</summary>
    public (string? Remote, int PendingGeneration, string? PendingRemote) Remotes =>
        (_current.Remote, _pending.IsKnown ? _pending.Generation : Credentials.None, _pending.Remote);

    /// <summary>Serves the generations that another process served.</summary>
    /// <param name="remote">The client's ufrag in the current generation; null where it was not known.</param>
    /// <param name="pendingGeneration">The generation that was prepared for; -1 for none.</param>
    /// <param name="pendingRemote">The client's ufrag in it.</param>
    /// <param name="newest">The newest generation that was used.</param>
    /// <exception cref="ArgumentException">A ufrag is none, or a generation is not among those served.</exception>
    public void Restore(string? remote, int pendingGeneration, string? pendingRemote, int newest)
    {
        if (remote is not null)
        {
            SetRemote(Generation, remote);
        }

        if (pendingRemote is not null)
        {
            SetRemote(pendingGeneration, pendingRemote);
        }

        _newestGeneration = Math.Clamp(newest, _newestGeneration, Generation + MaxGenerationsAhead);
    }

    /// <summary>Goes back to a path of before: nothing answered on the one that was nominated since, and the client is still there.</summary>
    public void Return(RtcTime now, IPEndPoint path)
    {
        Selected = path;
        _selectedAt = now;
        _selectedPriority = 0;
    }

    private static int WriteSuccess(
        in StunMessage request, IPEndPoint source, ReadOnlySpan<byte> password, Span<byte> response)
    {
        var writer = new StunWriter(response, StunClass.SuccessResponse, request.TransactionId);
        writer.WriteXorMappedAddress(source);
        writer.WriteMessageIntegrity(password);
        writer.WriteFingerprint();
        return writer.Length;
    }

    /// <summary>Writes an error; with integrity once the request's was right (RFC 8489 section 9.1.3.1), and never before.</summary>
    private static IceVerdict Reject(
        in StunMessage request, int code, ReadOnlySpan<byte> password, Span<byte> response, out int responseLength)
    {
        var writer = new StunWriter(response, StunClass.ErrorResponse, request.TransactionId);
        writer.WriteErrorCode(code, StunErrorCode.ReasonPhrase(code));
        if (code == StunErrorCode.UnknownAttribute)
        {
            Span<ushort> unknown = stackalloc ushort[MaxUnknownReported];
            writer.WriteUnknownAttributes(unknown[..request.CopyUnknownRequired(unknown)]);
        }

        if (!password.IsEmpty)
        {
            writer.WriteMessageIntegrity(password);
        }

        writer.WriteFingerprint();
        responseLength = writer.Length;
        return IceVerdict.Rejected;
    }

    private bool IsServed(int generation) =>
        generation >= _current.Generation && generation - _current.Generation <= MaxGenerationsAhead;

    private bool TryFindPassword(ReadOnlySpan<byte> text, Span<byte> password, out IceUsername username)
    {
        if (!IceUsername.TryParse(text, out username) || !username.Tag.SequenceEqual(_tag) || !IsServed(username.Generation))
        {
            return false;
        }

        if (_current.Matches(username))
        {
            _current.Password.CopyTo(password);
            return true;
        }

        if (username.Generation == _current.Generation && _current.IsKnown)
        {
            return false;
        }

        if (_pending.Matches(username))
        {
            _pending.Password.CopyTo(password);
            return true;
        }

        IcePassword.Derive(_secret, text, password);
        return true;
    }

    /// <summary>Keeps what a genuine check proved, so that the next one of its kind costs no derivation.</summary>
    private void Remember(in IceUsername username, ReadOnlySpan<byte> password)
    {
        if (!_current.Matches(username) && !_pending.Matches(username))
        {
            Keep(new Credentials(username.Generation, username.RemoteUfrag.ToArray(), password.ToArray()));
        }
    }

    private void Keep(Credentials credentials)
    {
        ref var slot = ref credentials.Generation == _current.Generation ? ref _current : ref _pending;
        slot = credentials;
        _newestGeneration = Math.Max(_newestGeneration, credentials.Generation);
    }

    /// <summary>Makes a path the selected one, after <see cref="Remember"/>; false where it is already, or a better one is.</summary>
    private bool Nominate(RtcTime now, in IceUsername username, IPEndPoint source, uint priority)
    {
        if (username.Generation > _current.Generation)
        {
            _current = _pending;
            _pending = new Credentials(Credentials.None);
        }
        else if (source.Equals(Selected)
            || (Selected is not null && priority < _selectedPriority && now - _selectedAt < NominationWindow))
        {
            return false;
        }

        // An IPEndPoint is mutable, and the caller may use one for many datagrams.
        Selected = new IPEndPoint(source.Address, source.Port);
        _selectedAt = now;
        _selectedPriority = priority;
        return true;
    }

    /// <summary>What authenticates the checks of one generation.</summary>
    private readonly struct Credentials(int generation, byte[]? remoteUfrag = null, byte[]? password = null)
    {
        /// <summary>No generation.</summary>
        public const int None = -1;

        public int Generation { get; } = generation;

        /// <summary>Whether the client's ufrag, and so the password, is known.</summary>
        public bool IsKnown => remoteUfrag is not null;

        public ReadOnlySpan<byte> Password => password;

        public string? Remote => remoteUfrag is null ? null : Encoding.ASCII.GetString(remoteUfrag);

        public bool IsOf(string ufrag) => IsKnown && Ascii.Equals(remoteUfrag, ufrag);

        public bool Matches(in IceUsername username) =>
            username.Generation == Generation && IsKnown && username.RemoteUfrag.SequenceEqual(remoteUfrag);
    }
}
