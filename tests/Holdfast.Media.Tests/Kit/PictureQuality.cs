namespace Holdfast.Media.Tests;

/// <summary>How like two pictures are.</summary>
internal static class PictureQuality
{
    /// <summary>Peak signal to noise ratio over all three planes, in decibels; 99 for equal pictures.</summary>
    internal static double Psnr(I420Picture left, I420Picture right)
    {
        Assert.Equal((left.Width, left.Height), (right.Width, right.Height));
        var sum = 0L;
        for (var i = 0; i < left.Data.Length; i++)
        {
            var difference = left.Data[i] - right.Data[i];
            sum += difference * difference;
        }

        return sum == 0 ? 99 : 10 * Math.Log10(255.0 * 255 * left.Data.Length / sum);
    }
}
