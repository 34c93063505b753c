using CsCheck;

namespace Holdfast.Sessions.Tests;

public sealed class PlayoutLedgerTests
{
    private readonly PlayoutLedger _ledger = new();
    private readonly Dictionary<long, ulong> _tags = [];

    [Fact]
    public void What_is_acknowledged_in_order_is_settled()
    {
        Send(1, 10);
        Assert.Equal(1, _ledger.FirstUnheard);
        Hear(1, 4);
        Assert.Equal(5, _ledger.FirstUnheard);
        Hear(5, 10);
        Assert.Equal(11, _ledger.FirstUnheard);
        Assert.False(_ledger.HasHole);
    }

    [Fact]
    public void What_is_under_way_is_unheard()
    {
        Send(1, 30);
        Hear(1, 12);
        Assert.Equal(13, _ledger.BeginAgain(isRepair: false));
    }

    [Fact]
    public void A_loss_of_80_ms_is_filled_in_and_a_longer_one_is_a_hole()
    {
        Send(1, 60);
        Hear(1, 10);
        Lose(11, 14);
        Hear(15, 30);
        Assert.Equal(31, _ledger.FirstUnheard);
        Lose(31, 35);
        Hear(36, 60);
        Assert.True(_ledger.HasHole);
        Assert.Equal(31, _ledger.BeginAgain(isRepair: true));
        Assert.False(_ledger.HasHole);
    }

    [Fact]
    public void What_is_said_again_must_be_heard_from_where_it_began()
    {
        Send(1, 60);
        Hear(1, 30);
        Assert.Equal(31, _ledger.BeginAgain(isRepair: false));

        // The show went back to 11, and 13 to 19 did not arrive: what had been heard up to 30 was heard out of this context.
        Send(11, 60);
        Hear(11, 12);
        Lose(13, 19);
        Hear(20, 28);
        Assert.True(_ledger.HasHole);
        Assert.Equal(31, _ledger.BeginAgain(isRepair: true));
        Send(11, 60);
        Hear(11, 40);
        Assert.Equal(41, _ledger.FirstUnheard);
        Assert.Equal(0, _ledger.Lost);
    }

    [Fact]
    public void That_silence_after_it_was_played_says_nothing_of_the_end_of_the_speech()
    {
        Send(1, 20);
        Hear(1, 15);
        _ledger.SentSilence();
        _ledger.Played(500_000);
        Assert.Equal(16, _ledger.FirstUnheard);
    }

    [Fact]
    public void A_pause_that_is_lost_is_no_hole()
    {
        Send(1, 10);
        Send(11, 40, silent: true);
        Send(41, 60);
        Hear(1, 10);
        Lose(11, 40);
        Hear(41, 60);
        Assert.False(_ledger.HasHole);
        Assert.Equal(61, _ledger.FirstUnheard);
    }

    [Fact]
    public void What_nobody_tells_of_was_heard_if_it_is_short_between_what_was()
    {
        Send(1, 100);
        Hear(1, 10);
        Hear(26, 40);
        Assert.Equal(41, _ledger.FirstUnheard);
        Hear(57, 100);
        Assert.True(_ledger.HasHole);
        Assert.Equal(41, _ledger.FirstUnheard);
    }

    [Fact]
    public void A_lost_packet_that_comes_after_all_is_heard_only_while_it_can_be_played()
    {
        Send(1, 40);
        Hear(1, 4);
        Lose(5, 10);
        Hear(11, 12);
        Hear(8, 8);
        Hear(13, 16);
        Assert.Equal(17, _ledger.FirstUnheard);

        Lose(17, 24);
        Hear(25, 40);
        Hear(17, 24);
        Assert.True(_ledger.HasHole);
        Assert.Equal(17, _ledger.FirstUnheard);
    }

    [Fact]
    public void The_end_of_an_utterance_is_settled_by_the_silence_after_it()
    {
        Send(1, 20);
        Hear(1, 10);
        Lose(11, 20);
        var silence = _ledger.SentSilence();
        for (var i = 0; i < 4; i++)
        {
            _ledger.Acknowledged(silence);
        }

        Assert.False(_ledger.HasHole);
        _ledger.Acknowledged(silence);
        Assert.True(_ledger.HasHole);
        Assert.Equal(11, _ledger.BeginAgain(isRepair: true));
        Send(8, 20);
        Hear(8, 20);
        Assert.Equal(21, _ledger.FirstUnheard);
        Assert.Equal(0UL, _ledger.SentSilence());
    }

    [Fact]
    public void What_is_told_of_an_older_sending_changes_nothing()
    {
        Send(1, 20);
        var old = _tags.ToDictionary();
        Hear(1, 5);
        _ledger.BeginAgain(isRepair: false);
        Send(4, 20);
        foreach (var tag in old.Values)
        {
            _ledger.Acknowledged(tag);
            _ledger.ReportedLost(tag);
        }

        Assert.Equal(6, _ledger.FirstUnheard);
        Hear(6, 20);
        Assert.Equal(21, _ledger.FirstUnheard);
    }

    [Fact]
    public void The_same_hole_is_said_again_three_times_and_then_let_go_and_counted()
    {
        for (var repair = 0; repair < 3; repair++)
        {
            Send(1, 30);
            Hear(1, 5);
            Lose(6, 15);
            Hear(16, 30);
            Assert.True(_ledger.HasHole);
            Assert.Equal(6, _ledger.BeginAgain(isRepair: true));
        }

        Send(1, 30);
        Lose(6, 15);
        Hear(16, 30);
        Assert.Equal(0, _ledger.BeginAgain(isRepair: true));
        Assert.Equal(10, _ledger.Lost);
        Assert.Equal(31, _ledger.FirstUnheard);
    }

    [Fact]
    public void What_a_page_did_not_play_before_it_went_is_unheard_though_it_had_arrived()
    {
        Send(1, 50, firstTick: 1000);
        Hear(1, 50);
        _ledger.NeverPlayedAfter(1039);
        Assert.Equal(41, _ledger.FirstUnheard);
        _ledger.NeverPlayedAfter(long.MinValue);
        Assert.Equal(1, _ledger.FirstUnheard);
        _ledger.NeverPlayedAfter(2_000_000);
        Assert.Equal(1, _ledger.FirstUnheard);
    }

    [Fact]
    public void What_the_client_says_it_played_was_heard()
    {
        Send(1, 50, firstTick: 1000);
        Hear(1, 10);
        for (var tick = 1011; tick < 1020; tick++)
        {
            _ledger.Played(tick);
        }

        Assert.Equal(21, _ledger.FirstUnheard);
        _ledger.Played(900);
        Assert.Equal(21, _ledger.FirstUnheard);
    }

    [Fact]
    public void What_the_client_says_it_played_says_nothing_of_a_gap_before_it()
    {
        Send(1, 50, firstTick: 1000);
        Hear(1, 10);
        _ledger.Played(1015);
        _ledger.Played(1030);
        Assert.Equal(11, _ledger.FirstUnheard);
        Assert.False(_ledger.HasHole);

        Hear(11, 30);
        Assert.Equal(31, _ledger.FirstUnheard);
    }

    [Fact]
    public void A_report_that_counts_settles_what_it_covers_unless_much_is_missing()
    {
        Send(1, 400);
        _ledger.ReachedUpTo(_tags[200], lost: 12);
        Assert.Equal(201, _ledger.FirstUnheard);
        _ledger.ReachedUpTo(_tags[350], lost: 100);
        Assert.Equal(201, _ledger.FirstUnheard);
    }

    [Fact]
    public void Places_that_do_not_exist_need_no_hearing()
    {
        Send(1, 10);
        Send(301, 320);
        Hear(1, 10);
        Hear(301, 320);
        Assert.Equal(321, _ledger.FirstUnheard);
        Assert.Equal(0, _ledger.Lost);
    }

    [Fact]
    public void What_is_forgotten_is_not_gone_back_to()
    {
        Send(1, 20);
        Hear(1, 5);
        _ledger.Forget(isLost: false);
        Assert.Equal(0, _ledger.BeginAgain(isRepair: false));
        Assert.Equal(0, _ledger.Lost);
        Send(50, 60);
        Assert.Equal(50, _ledger.FirstUnheard);
        _ledger.Forget(isLost: true);
        Assert.Equal(11, _ledger.Lost);
    }

    [Fact]
    public void It_remembers_20_seconds_and_counts_what_it_gives_up()
    {
        Send(1, PlayoutLedger.Capacity + 100);
        Assert.Equal(101, _ledger.FirstUnheard);
        Assert.Equal(100, _ledger.Lost);
    }

    /// <summary>Whatever is told, in whatever order, it neither throws nor takes for heard what was not sent.</summary>
    [Fact]
    public void Nonsense_changes_nothing_and_never_throws() => Gen.Select(Gen.Int[0, 8], Gen.ULong, Gen.Long, Gen.Int[0, 40]).Array[0, 200].Sample(steps =>
    {
        var ledger = new PlayoutLedger();
        var (next, known) = (1L, new List<ulong>());
        foreach (var (kind, tag, number, choice) in steps)
        {
            var some = known.Count > 0 && choice < 30 ? known[(int)(tag % (ulong)known.Count)] : tag;
            switch (kind)
            {
                case 0:
                    ledger.Acknowledged(some);
                    break;
                case 1:
                    ledger.ReportedLost(some);
                    break;
                case 2:
                    ledger.ReachedUpTo(some, choice);
                    break;
                case 3:
                    ledger.Played(choice < 20 ? choice : number);
                    break;
                case 4:
                    ledger.NeverPlayedAfter(choice < 20 ? choice : number);
                    break;
                case 5 when choice < 10:
                    ledger.Forget(isLost: choice % 2 == 0);
                    break;
                case 6 when choice < 20:
                    var again = ledger.BeginAgain(isRepair: choice % 2 == 0);
                    next = again > 0 ? Math.Max(1, again - choice) : next;
                    break;
                default:
                    next += choice == 7 ? 2_000 : 0;
                    known.Add(ledger.Sent(next++, next, silent: choice % 5 == 0));
                    known.Add(ledger.SentSilence());
                    break;
            }

            Assert.InRange(ledger.FirstUnheard, 0, Math.Max(next, 1) + 2_100);
            Assert.True(ledger.Lost >= 0);
        }
    }, iter: 3_000);

    [Fact]
    public void A_packet_costs_no_memory()
    {
        Send(1, 100);
        Hear(1, 100);
        Run(2_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(20_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int packets)
        {
            var first = _ledger.FirstUnheard;
            for (var i = 0; i < packets; i++)
            {
                var tag = _ledger.Sent(first + i, i, silent: false);
                if (i % 17 == 0)
                {
                    _ledger.ReportedLost(tag);
                }
                else
                {
                    _ledger.Acknowledged(tag);
                }
            }

            for (var i = 0; i < 10; i++)
            {
                _ledger.Acknowledged(_ledger.SentSilence());
            }
        }
    }

    private void Send(long from, long to, bool silent = false, long firstTick = 0)
    {
        for (var place = from; place <= to; place++)
        {
            _tags[place] = _ledger.Sent(place, firstTick + place - from, silent);
        }
    }

    private void Hear(long from, long to)
    {
        for (var place = from; place <= to; place++)
        {
            _ledger.Acknowledged(_tags[place]);
        }
    }

    private void Lose(long from, long to)
    {
        for (var place = from; place <= to; place++)
        {
            _ledger.ReportedLost(_tags[place]);
        }
    }
}
