namespace Holdfast.Sessions.Tests;

public sealed class SessionOwnerTests
{
    private readonly ResumeToken _first = ResumeToken.New();
    private readonly ResumeToken _second = ResumeToken.New();
    private readonly ResumeToken _third = ResumeToken.New();

    [Fact]
    public void The_first_token_owns_and_others_do_not()
    {
        var owner = new SessionOwner(_first.Hash());
        Assert.Equal(Ownership.Owner, owner.Of(_first.Hash()));
        Assert.Equal(Ownership.None, owner.Of(_second.Hash()));
    }

    [Fact]
    public void An_answer_that_was_lost_on_its_way_locks_nobody_out()
    {
        var owner = new SessionOwner(_first.Hash()).Offer(_second.Hash()).Shown(_first.Hash());
        Assert.Equal(Ownership.Owner, owner.Of(_first.Hash()));
        owner = owner.Offer(_third.Hash()).Shown(_first.Hash()).Shown(_second.Hash());
        Assert.Equal(Ownership.Owner, owner.Of(_first.Hash()));
        Assert.Equal(Ownership.None, owner.Of(_second.Hash()));
        Assert.Equal(Ownership.Owner, owner.Of(_third.Hash()));
    }

    [Fact]
    public void A_new_token_that_was_used_is_the_only_one_and_the_old_one_knows_it_was_replaced()
    {
        var owner = new SessionOwner(_first.Hash()).Offer(_second.Hash());
        Assert.Equal(Ownership.Owner, owner.Of(_second.Hash()));
        owner = owner.Shown(_second.Hash());
        Assert.Equal(Ownership.Owner, owner.Of(_second.Hash()));
        Assert.Equal(Ownership.Replaced, owner.Of(_first.Hash()));
        Assert.Equal(Ownership.None, owner.Of(_third.Hash()));
    }

    [Fact]
    public void A_token_that_changes_nothing_leaves_the_same_object()
    {
        var owner = new SessionOwner(_first.Hash()).Offer(_second.Hash());
        Assert.Same(owner, owner.Shown(_first.Hash()));
        Assert.Same(owner, owner.Shown(_third.Hash()));
        Assert.NotSame(owner, owner.Shown(_second.Hash()));
    }
}
