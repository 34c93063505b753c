using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>How C's variadic functions take an integer after two named arguments.</summary>
internal static class VariadicCalls
{
    /// <summary>
    /// Whether variadic arguments always go on the stack, as Apple's ABI for arm64 has it. Everywhere else this code runs they
    /// go where a named argument would. The imports for the former fill the six registers left, so that the value lands on the stack.
    /// </summary>
    internal static bool OnStack { get; } =
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
