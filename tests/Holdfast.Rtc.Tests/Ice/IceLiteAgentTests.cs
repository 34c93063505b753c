using System.Net;
using System.Text;
using CsCheck;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Stun;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Ice;

public sealed class IceLiteAgentTests
{
    private const string Tag = "Rk3bQ9xWm2Zt";
    private const string Ufrag = "cLiE";
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly IPEndPoint Home = new(IPAddress.Parse("203.0.113.7"), 50000);
    private static readonly IPEndPoint Cafe = new(IPAddress.Parse("198.51.100.9"), 40000);
    private static readonly RtcTime Start = new(1_700_000_000_000_000);

    private readonly IceLiteAgent _agent = MakeAgent();

    [Fact]
    public void A_password_is_the_first_half_of_an_HMAC_in_hex()
    {
        // HMAC-SHA256(00..1f, "Rk3bQ9xWm2Zt/3:cLiE"), computed with another implementation.
        Assert.Equal("a55e410584e9d5dc1c48f9b329112722", IcePassword.Derive(Secret, Tag + "/3", Ufrag));
        Assert.Equal(IcePassword.Derive(Secret, Tag + "/3", Ufrag), _agent.LocalPassword(3, Ufrag));
        Assert.Equal(Tag + "/3", _agent.LocalUfrag(3));
    }

    [Fact]
    public void A_genuine_check_is_answered_with_the_address_it_came_from()
    {
        var answer = Check(new Request { UseCandidate = false });

        Assert.Equal(IceVerdict.Checked, answer.Verdict);
        Assert.Equal(StunClass.SuccessResponse, answer.Class);
        Assert.Equal(Home, answer.Mapped);
        Assert.True(answer.IsGenuine);
        Assert.Null(_agent.Selected);
        Assert.Equal(Start, _agent.LastAuthenticated);
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    public void Both_families_are_answered(string source, string mapped)
    {
        var answer = Check(new Request { Source = new IPEndPoint(IPAddress.Parse(source), 1234) });
        Assert.Equal(new IPEndPoint(IPAddress.Parse(mapped), 1234), answer.Mapped);
    }

    [Fact]
    public void The_first_nomination_selects_the_path_and_the_next_of_the_same_changes_nothing()
    {
        Assert.Equal(IceVerdict.PathChanged, Check(new Request()).Verdict);
        Assert.Equal(Home, _agent.Selected);
        Assert.Equal(IceVerdict.Checked, Check(new Request()).Verdict);
        Assert.Equal(0, _agent.Generation);
    }

    [Fact]
    public void A_new_address_moves_the_path_only_by_nominating()
    {
        Check(new Request());
        Assert.Equal(IceVerdict.Checked, Check(new Request { Source = Cafe, UseCandidate = false }).Verdict);
        Assert.Equal(Home, _agent.Selected);
        Assert.Equal(IceVerdict.PathChanged, Check(new Request { Source = Cafe }).Verdict);
        Assert.Equal(Cafe, _agent.Selected);
        Assert.Equal(IceVerdict.PathChanged, Check(new Request()).Verdict);
        Assert.Equal(Home, _agent.Selected);
    }

    [Fact]
    public void Of_paths_nominated_at_once_the_best_is_taken_and_a_later_nomination_always_counts()
    {
        // As Firefox does it: every pair is nominated with its first check, whichever answer comes first.
        const uint better = 1862270975;
        const uint worse = 1862205439;
        var soon = Start + TimeSpan.FromMilliseconds(50);
        Assert.Equal(IceVerdict.PathChanged, Check(new Request { Priority = worse }).Verdict);
        Assert.Equal(IceVerdict.PathChanged, Check(new Request { Priority = better, Source = Cafe, Now = soon }).Verdict);
        Assert.Equal(IceVerdict.Checked, Check(new Request { Priority = worse, Now = soon }).Verdict);
        Assert.Equal(Cafe, _agent.Selected);

        var later = soon + IceLiteAgent.NominationWindow;
        Assert.Equal(IceVerdict.PathChanged, Check(new Request { Priority = worse, Now = later }).Verdict);
        Assert.Equal(Home, _agent.Selected);

        // A newer generation moves the path at once, whatever its priority.
        Assert.Equal(
            IceVerdict.PathChanged,
            Check(new Request { Generation = 1, Priority = 1, Source = Cafe, Now = later }).Verdict);
        Assert.Equal(Cafe, _agent.Selected);
    }

    [Fact]
    public void A_check_that_is_sent_again_is_answered_and_changes_nothing()
    {
        var check = new Request();
        Check(check);
        Check(new Request { Source = Cafe });

        var answer = Check(check with { Now = Start + TimeSpan.FromHours(1) });

        Assert.Equal((IceVerdict.Repeated, StunClass.SuccessResponse, true), (answer.Verdict, answer.Class, answer.IsGenuine));
        Assert.Equal(Cafe, _agent.Selected);
        Assert.Equal(Start, _agent.LastAuthenticated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_check_that_was_recorded_and_comes_from_elsewhere_is_nothing(bool nominates)
    {
        var check = new Request { UseCandidate = nominates };
        Check(check);
        Check(new Request());

        var answer = Check(check with { Source = Cafe, Now = Start + TimeSpan.FromHours(1) });

        Assert.Equal((IceVerdict.Replayed, 0), (answer.Verdict, answer.Length));
        Assert.Equal(Home, _agent.Selected);
        Assert.Equal(Start, _agent.LastAuthenticated);
    }

    [Fact]
    public void More_than_a_thousand_checks_are_remembered_and_the_oldest_make_room()
    {
        var checks = Enumerable.Range(0, TransactionMemory.Capacity + 1).Select(_ => new Request { UseCandidate = false }).ToArray();
        Assert.All(checks, check => Assert.Equal(IceVerdict.Checked, Check(check).Verdict));

        Assert.All(checks[1..], check => Assert.Equal(IceVerdict.Replayed, Check(check with { Source = Cafe }).Verdict));
        Assert.Equal(IceVerdict.Checked, Check(checks[0]).Verdict);
    }

    [Fact]
    public void A_recorded_check_of_a_generation_that_was_left_is_refused()
    {
        var check = new Request();
        Check(check);
        Check(new Request { Generation = 1, RemoteUfrag = "newU" });

        Assert.Equal(IceVerdict.Rejected, Check(check with { Source = Cafe }).Verdict);
        Assert.Equal(Home, _agent.Selected);
    }

    [Fact]
    public void The_selected_path_does_not_follow_the_callers_end_point_object()
    {
        var reused = new IPEndPoint(Home.Address, Home.Port);
        Check(new Request { Source = reused });
        reused.Port = 1;
        Assert.Equal(Home, _agent.Selected);
    }

    [Fact]
    public void Current_and_next_are_both_served_until_the_next_is_nominated()
    {
        Check(new Request());
        Assert.Equal(IceVerdict.Checked, Check(new Request { Generation = 1, RemoteUfrag = "newU", UseCandidate = false }).Verdict);
        Assert.Equal(IceVerdict.Checked, Check(new Request()).Verdict);
        Assert.Equal(0, _agent.Generation);

        // From the same address: the path is the same, the generation is not, and that counts as a change.
        Assert.Equal(IceVerdict.PathChanged, Check(new Request { Generation = 1, RemoteUfrag = "newU" }).Verdict);
        Assert.Equal(1, _agent.Generation);

        AssertRefused(StunErrorCode.Unauthenticated, isGenuine: false, new Request());
        Assert.Equal(IceVerdict.Checked, Check(new Request { Generation = 1, RemoteUfrag = "newU" }).Verdict);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    public void A_restart_nobody_announced_advances_the_generation(int generation)
    {
        Check(new Request());
        var answer = Check(new Request { Generation = generation, RemoteUfrag = "a/b+", Source = Cafe });
        Assert.Equal(IceVerdict.PathChanged, answer.Verdict);
        Assert.True(answer.IsGenuine);
        Assert.Equal(generation, _agent.Generation);
        Assert.Equal(Cafe, _agent.Selected);
    }

    [Fact]
    public void A_generation_too_far_ahead_is_refused()
    {
        AssertRefused(StunErrorCode.Unauthenticated, isGenuine: false, new Request { Generation = 17 });
        var late = new IceLiteAgent(Tag, Secret, generation: 5);
        AssertRefused(late, StunErrorCode.Unauthenticated, isGenuine: false, new Request { Generation = 4 });
        AssertRefused(late, StunErrorCode.Unauthenticated, isGenuine: false, new Request { Generation = 22 });
        Assert.Equal(IceVerdict.PathChanged, Check(late, new Request { Generation = 21 }).Verdict);
        AssertRefused(late, StunErrorCode.Unauthenticated, isGenuine: false, new Request { Generation = 20 });
    }

    [Fact]
    public void In_the_current_generation_only_the_offers_ufrag_is_accepted()
    {
        AssertRefused(StunErrorCode.Unauthenticated, isGenuine: false, new Request { RemoteUfrag = "else" });
        Check(new Request { Generation = 1, RemoteUfrag = "newU" });
        AssertRefused(StunErrorCode.Unauthenticated, isGenuine: false, new Request { Generation = 1, RemoteUfrag = "else" });
    }

    [Fact]
    public void An_announced_restart_can_still_be_overtaken_by_another_of_the_same_generation()
    {
        // The answer to the first restart offer was lost; the client made a second one.
        _agent.SetRemote(1, "lost");
        Assert.Equal(IceVerdict.PathChanged, Check(new Request { Generation = 1, RemoteUfrag = "made" }).Verdict);
        AssertRefused(StunErrorCode.Unauthenticated, isGenuine: false, new Request { Generation = 1, RemoteUfrag = "lost" });
    }

    [Fact]
    public void A_restart_that_never_arrives_leaves_the_old_path_working()
    {
        Check(new Request());
        _agent.SetRemote(1, "newU");
        Assert.Equal(IceVerdict.Checked, Check(new Request()).Verdict);
        Assert.Equal(Home, _agent.Selected);
        Assert.Equal(0, _agent.Generation);
        Assert.Equal(2, _agent.NextGeneration);
    }

    [Fact]
    public void The_next_generation_is_one_that_nobody_used()
    {
        Assert.Equal(1, _agent.NextGeneration);
        Check(new Request { Generation = 5, UseCandidate = false });
        Check(new Request { Generation = 2, UseCandidate = false });
        Assert.Equal(6, _agent.NextGeneration);
        Check(new Request { Generation = 2 });
        Assert.Equal(2, _agent.Generation);
        Assert.Equal(6, _agent.NextGeneration);
    }

    [Fact]
    public void A_wrong_password_is_refused_and_changes_nothing()
    {
        Check(new Request());
        AssertRefused(
            StunErrorCode.Unauthenticated,
            isGenuine: false,
            new Request { Password = "0123456789abcdef0123456789abcdef", Source = Cafe, Now = Start + TimeSpan.FromSeconds(9) });
        AssertRefused(
            StunErrorCode.Unauthenticated,
            isGenuine: false,
            new Request { Generation = 1, Password = "0123456789abcdef0123456789abcdef", Source = Cafe });
        Assert.Equal(Home, _agent.Selected);
        Assert.Equal(0, _agent.Generation);
        Assert.Equal(1, _agent.NextGeneration);
        Assert.Equal(Start, _agent.LastAuthenticated);
    }

    [Theory]
    [InlineData("Rk3bQ9xWm2Zt/0")]
    [InlineData("Rk3bQ9xWm2Zt/:cLiE")]
    [InlineData("Rk3bQ9xWm2Zt/00:cLiE")]
    [InlineData("Rk3bQ9xWm2Zt/+1:cLiE")]
    [InlineData("Rk3bQ9xWm2Zt/-1:cLiE")]
    [InlineData("Rk3bQ9xWm2Zt/1/1:cLiE")]
    [InlineData("Rk3bQ9xWm2Zt/99999999999:cLiE")]
    [InlineData("Rk3bQ9xWm2Zt:cLiE")]
    [InlineData("Rk3bQ9xWm2Zu/0:cLiE")]
    [InlineData("Rk3bQ9xWm2Zt/1:abc")]
    [InlineData("Rk3bQ9xWm2Zt/1:ab cd")]
    [InlineData("")]
    public void A_user_name_of_another_form_is_refused(string username)
    {
        // Even where the password is the one derived from it.
        var password = new byte[IcePassword.Length];
        IcePassword.Derive(Secret, Encoding.ASCII.GetBytes(username), password);
        AssertRefused(
            StunErrorCode.Unauthenticated,
            isGenuine: false,
            new Request { Username = username, Password = Encoding.ASCII.GetString(password) });
    }

    [Fact]
    public void Missing_attributes_are_a_bad_request()
    {
        AssertRefused(StunErrorCode.BadRequest, isGenuine: false, new Request { WithUsername = false });
        AssertRefused(StunErrorCode.BadRequest, isGenuine: false, new Request { WithIntegrity = false });
        AssertRefused(StunErrorCode.BadRequest, isGenuine: true, new Request { WithPriority = false });
    }

    [Fact]
    public void A_client_that_believes_it_is_controlled_is_told_otherwise() =>
        AssertRefused(StunErrorCode.RoleConflict, isGenuine: true, new Request { Role = StunAttribute.IceControlled });

    [Fact]
    public void A_check_without_a_role_is_no_conflict() =>
        Assert.Equal(IceVerdict.PathChanged, Check(new Request { Role = 0 }).Verdict);

    [Fact]
    public void Attributes_that_had_to_be_understood_are_named()
    {
        var answer = AssertRefused(StunErrorCode.UnknownAttribute, isGenuine: true, new Request { Unknown = 20 });
        Assert.True(answer.Length <= IceLiteAgent.MaxResponseLength);

        // Without the password nobody learns even that.
        AssertRefused(
            StunErrorCode.Unauthenticated, isGenuine: false, new Request { Unknown = 1, Password = new string('0', 32) });
    }

    [Fact]
    public void What_is_no_binding_request_gets_no_response()
    {
        foreach (var other in new[] { StunClass.Indication, StunClass.SuccessResponse, StunClass.ErrorResponse })
        {
            AssertIgnored(new Request { Class = other });
        }

        AssertIgnored(new Request { WithFingerprint = false });
        AssertIgnored(new Request { Corrupt = true });
    }

    [Fact]
    public void A_check_in_the_steady_state_allocates_nothing()
    {
        Check(new Request());
        var request = Build(_agent, new Request());
        var response = new byte[IceLiteAgent.MaxResponseLength];
        var source = new IPEndPoint(Home.Address, Home.Port);
        Handle();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Handle();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Handle()
        {
            StunMessage.TryGetRoutingTag(request, out _);
            Assert.True(StunMessage.TryParse(request, out var message));
            _agent.HandleBinding(Start, message, source, response, out _);
        }
    }

    [Fact]
    public void Forged_checks_of_any_generation_allocate_nothing_and_are_not_remembered()
    {
        Check(new Request());
        var forged = Enumerable.Range(0, 20)
            .Select(g => Build(_agent, new Request { Generation = g, RemoteUfrag = $"evil{g}", Password = new string('f', 32) }))
            .ToArray();
        var response = new byte[IceLiteAgent.MaxResponseLength];
        Handle();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Handle();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1, _agent.NextGeneration);

        void Handle()
        {
            foreach (var datagram in forged)
            {
                Assert.True(StunMessage.TryParse(datagram, out var message));
                _agent.HandleBinding(Start, message, Cafe, response, out _);
            }
        }
    }

    [Fact]
    public void The_generation_never_goes_back_and_the_last_nomination_is_the_path() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[1, 3], Gen.Bool, Gen.Bool).Array[1, 30].Sample(steps =>
        {
            var agent = MakeAgent();
            IPEndPoint? selected = null;
            var generation = 0;
            foreach (var (g, host, nominates, isForged) in steps)
            {
                var source = new IPEndPoint(IPAddress.Parse($"203.0.113.{host}"), 5000);
                var answer = Check(agent, new Request
                {
                    Generation = g,
                    Source = source,
                    UseCandidate = nominates,
                    Password = isForged ? new string('0', 32) : null,
                });
                var isServed = !isForged && g >= generation && g <= generation + 16;
                var changes = isServed && nominates && (g > generation || !source.Equals(selected));
                Assert.Equal(
                    !isServed ? IceVerdict.Rejected : changes ? IceVerdict.PathChanged : IceVerdict.Checked, answer.Verdict);
                if (changes)
                {
                    generation = g;
                    selected = source;
                }

                Assert.Equal(generation, agent.Generation);
                Assert.Equal(selected, agent.Selected);
            }
        });

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("has/slash")]
    [InlineData("has space")]
    [InlineData("abcdefghijklmnopqrstuv")]
    public void A_tag_that_makes_no_ufrag_is_misuse(string tag) =>
        Assert.Throws<ArgumentException>(() => new IceLiteAgent(tag, Secret));

    [Fact]
    public void Announcing_a_generation_that_is_not_served_is_misuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _agent.SetRemote(17, Ufrag));
        Assert.Throws<ArgumentException>(() => _agent.SetRemote(1, "abc"));
    }

    private static IceLiteAgent MakeAgent()
    {
        var agent = new IceLiteAgent(Tag, Secret);
        agent.SetRemote(0, Ufrag);
        return agent;
    }

    private Answer Check(Request request) => Check(_agent, request);

    private static Answer Check(IceLiteAgent agent, Request request)
    {
        var datagram = Build(agent, request);
        Assert.True(StunMessage.TryParse(datagram, out var message));
        var buffer = new byte[IceLiteAgent.MaxResponseLength];
        var verdict = agent.HandleBinding(request.Now, message, request.Source, buffer, out var length);
        if (length == 0)
        {
            return new Answer(verdict, default, null, null, IsGenuine: false, 0);
        }

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out var response));
        Assert.True(response.TransactionId.SequenceEqual(message.TransactionId));
        Assert.True(response.VerifyFingerprint());
        return new Answer(
            verdict,
            response.Class,
            MappedAddress.In(buffer.AsSpan(0, length)),
            response.ErrorCode,
            response.VerifyIntegrity(Encoding.ASCII.GetBytes(request.PasswordFor(agent))),
            length);
    }

    private Answer AssertRefused(int code, bool isGenuine, Request request) => AssertRefused(_agent, code, isGenuine, request);

    private static Answer AssertRefused(IceLiteAgent agent, int code, bool isGenuine, Request request)
    {
        var answer = Check(agent, request);
        Assert.Equal(IceVerdict.Rejected, answer.Verdict);
        Assert.Equal(StunClass.ErrorResponse, answer.Class);
        Assert.Equal(code, answer.ErrorCode);
        Assert.Equal(isGenuine, answer.IsGenuine);
        return answer;
    }

    private void AssertIgnored(Request request)
    {
        var answer = Check(request);
        Assert.Equal(IceVerdict.Ignored, answer.Verdict);
        Assert.Equal(0, answer.Length);
        Assert.Null(_agent.Selected);
        Assert.Null(_agent.LastAuthenticated);
    }

    private static byte[] Build(IceLiteAgent agent, Request request)
    {
        var buffer = new byte[512];
        var writer = new StunWriter(buffer, request.Class, request.Transaction);
        if (request.WithUsername)
        {
            writer.WriteUsername(Encoding.ASCII.GetBytes(request.UsernameFor()));
        }

        writer.WriteAttribute(0xC057, [0, 1, 0, 10]);
        if (request.Role == StunAttribute.IceControlled)
        {
            writer.WriteAttribute(StunAttribute.IceControlled, [0, 0, 0, 0, 0, 0, 0, 1]);
        }
        else if (request.Role == StunAttribute.IceControlling)
        {
            writer.WriteIceControlling(1);
        }

        if (request.UseCandidate)
        {
            writer.WriteUseCandidate();
        }

        if (request.WithPriority)
        {
            writer.WritePriority(request.Priority);
        }

        for (var i = 0; i < request.Unknown; i++)
        {
            writer.WriteAttribute((ushort)(0x7000 + i), []);
        }

        if (request.WithIntegrity)
        {
            writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(request.PasswordFor(agent)));
        }

        if (request.WithFingerprint)
        {
            writer.WriteFingerprint();
        }

        if (request.Corrupt)
        {
            buffer[writer.Length - 1] ^= 1;
        }

        return buffer[..writer.Length];
    }

    private sealed record Answer(
        IceVerdict Verdict, StunClass Class, IPEndPoint? Mapped, int? ErrorCode, bool IsGenuine, int Length);

    private sealed record Request
    {
        public byte[] Transaction { get; init; } = Guid.NewGuid().ToByteArray()[..StunMessage.TransactionIdLength];

        public int Generation { get; init; }

        public string RemoteUfrag { get; init; } = Ufrag;

        public string? Username { get; init; }

        public string? Password { get; init; }

        public IPEndPoint Source { get; init; } = Home;

        public RtcTime Now { get; init; } = Start;

        public StunClass Class { get; init; } = StunClass.Request;

        public ushort Role { get; init; } = StunAttribute.IceControlling;

        public bool UseCandidate { get; init; } = true;

        public uint Priority { get; init; } = 1845501695;

        public bool WithUsername { get; init; } = true;

        public bool WithPriority { get; init; } = true;

        public bool WithIntegrity { get; init; } = true;

        public bool WithFingerprint { get; init; } = true;

        public int Unknown { get; init; }

        public bool Corrupt { get; init; }

        public string UsernameFor() => Username ?? $"{Tag}/{Generation}:{RemoteUfrag}";

        public string PasswordFor(IceLiteAgent agent) => Password ?? agent.LocalPassword(Generation, RemoteUfrag);
    }
}
