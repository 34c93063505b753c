using System.Runtime.InteropServices;

namespace Holdfast.Media.Tests;

public sealed class NativeLibraryTests
{
    [Fact]
    public void Both_libraries_are_found_under_one_of_their_names()
    {
        NativeCodecs.EnsureAvailable();

        Assert.StartsWith("libopus", LibOpus.GetVersion(), StringComparison.Ordinal);
        Assert.True(VpxAbi.Encoder > 0 && VpxAbi.Decoder > 0);
    }

    [Fact]
    public void A_missing_library_is_one_line_that_names_the_package()
    {
        string[] names = ["libnothing.so.1", "libnothing.so"];
        var library = new NativeLibraryNames("libnothing", names, names, names, "libnothing1");

        var exception = Assert.Throws<MissingNativeLibraryException>(() => NativeLibraryResolver.Load(library));

        Assert.Equal(
            "libnothing could not be loaded (tried libnothing.so.1, libnothing.so); on Debian or Ubuntu install the package libnothing1.",
            exception.Message);
    }

    // The offsets are those that a C compiler gives for the public headers of libvpx 1.8 to 1.17 on 64-bit Linux.
    [Theory]
    [InlineData(nameof(VpxEncoderConfig.Width), 12)]
    [InlineData(nameof(VpxEncoderConfig.TimebaseNumerator), 28)]
    [InlineData(nameof(VpxEncoderConfig.ErrorResilient), 36)]
    [InlineData(nameof(VpxEncoderConfig.RateControl), 72)]
    [InlineData(nameof(VpxEncoderConfig.TwoPassStatistics), 80)]
    [InlineData(nameof(VpxEncoderConfig.TargetKilobits), 112)]
    [InlineData(nameof(VpxEncoderConfig.BufferOptimalMilliseconds), 140)]
    [InlineData(nameof(VpxEncoderConfig.KeyFrameMode), 160)]
    [InlineData(nameof(VpxEncoderConfig.KeyFrameMaxDistance), 168)]
    public void The_encoder_configuration_lies_as_in_C(string field, int offset)
    {
        Assert.SkipUnless(Environment.Is64BitProcess, "The offsets are those of 64-bit systems.");
        Assert.Equal(offset, (int)Marshal.OffsetOf<VpxEncoderConfig>(field));
    }

    [Fact]
    public void Images_and_packets_lie_as_in_C()
    {
        Assert.SkipUnless(Environment.Is64BitProcess, "The offsets are those of 64-bit systems.");
        Assert.Equal(24, (int)Marshal.OffsetOf<VpxImage>(nameof(VpxImage.Width)));
        Assert.Equal(48, (int)Marshal.OffsetOf<VpxImage>(nameof(VpxImage.PlaneY)));
        Assert.Equal(80, (int)Marshal.OffsetOf<VpxImage>(nameof(VpxImage.StrideY)));
        Assert.Equal(8, (int)Marshal.OffsetOf<VpxPacket>(nameof(VpxPacket.Buffer)));
        Assert.Equal(16, (int)Marshal.OffsetOf<VpxPacket>(nameof(VpxPacket.Size)));
        Assert.Equal(OperatingSystem.IsWindows() ? 36 : 40, (int)Marshal.OffsetOf<VpxPacket>(nameof(VpxPacket.Flags)));
    }
}
