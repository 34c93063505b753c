using System.Runtime.CompilerServices;

namespace Holdfast.Tests;

/// <summary>
/// Whoever tests something else does it on a machine that may be as busy as it likes: servers of tests, and those that are started by them, do not measure their
/// head room, unless their test asks for it.
/// </summary>
internal static class HeadRoomOff
{
    private const string Setting = "Holdfast__HeadRoom__Enabled";

    [ModuleInitializer]
    internal static void Set()
    {
        if (Environment.GetEnvironmentVariable(Setting) is null)
        {
            Environment.SetEnvironmentVariable(Setting, "false");
        }
    }
}
