using Holdfast.Lab.Fuzz;

namespace Holdfast.Lab.Tests.Fuzz;

/// <summary>A small share of what holdfast-lab fuzz does for hours: counted, so that a slow machine takes longer and finds the same.</summary>
public sealed class FuzzTests
{
    private const int Conversations = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void Whatever_arrives_the_living_client_is_served(int seed)
    {
        var run = new FuzzRun((ulong)seed);
        for (var i = 0; i < Conversations; i++)
        {
            var finding = run.RunConversation();

            Assert.True(finding is null, finding?.ToString());
        }

        Assert.Equal(Conversations, run.Progress.Conversations);
        Assert.True(run.Progress.Datagrams > Conversations * 10_000L);
    }
}
