using Holdfast.Media;
using Holdfast.Speech;
using Holdfast.Speech.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Avatar.Tests;

public sealed class AvatarShowFactoryTests
{
    [Fact]
    public async Task The_idle_loops_are_made_once_and_shared()
    {
        await using var factory = Make(options => options.PictureSize = 128);
        Assert.Null(factory.Create("lin", new Diary()).IdleLoop);
        await Task.WhenAll(factory.PrepareAsync(TestContext.Current.CancellationToken), factory.PrepareAsync(TestContext.Current.CancellationToken));
        var first = factory.Create("lin", new Diary());
        var second = factory.Create("LIN", new Diary());
        Assert.Same(first.IdleLoop, second.IdleLoop);
        Assert.NotSame(first.IdleLoop, factory.Create("kai", new Diary()).IdleLoop);
        Assert.Equal((IdleMotion.Period, 50), (first.IdleLoop!.Count, first.IdleLoop.KeyFrameInterval));
        Assert.True(first.IsIdle);
        Assert.Equal(new VideoFormat(128, 128, 25), first.VideoFormat);

        // The loop shows what Draw draws.
        using var decoder = new Vp8Decoder();
        var drawn = new I420Picture(128, 128);
        for (var i = 0; i < 60; i++)
        {
            Assert.True(decoder.TryDecode(first.IdleLoop[i], out var decoded));
            first.Draw(i + 2500, drawn);
            Assert.True(Psnr(decoded!, drawn) > 30, $"picture {i}: {Psnr(decoded!, drawn)} dB");
        }
    }

    [Fact]
    public async Task The_default_character_comes_first_and_an_unknown_one_is_refused()
    {
        await using var factory = Make(options => options.DefaultCharacter = "kai");
        Assert.Equal("kai lin", string.Join(" ", factory.Shows.Select(show => show.Name)));
        Assert.Throws<ArgumentException>(() => factory.Create("nobody", new Diary()));
    }

    [Fact]
    public async Task Each_character_has_names_and_a_picture_of_its_own()
    {
        await using var factory = Make(_ => { });
        Assert.All(factory.Shows, show => Assert.Equal("en zh-CN", string.Join(" ", show.DisplayName.Keys.Order(StringComparer.Ordinal))));
        var pictures = factory.Shows.Select(show => Convert.ToBase64String(factory.Preview(show.Name).Span)).ToArray();
        Assert.Equal(pictures.Length, pictures.Distinct(StringComparer.Ordinal).Count());
        Assert.All(pictures, picture => Assert.StartsWith("iVBORw0KGgo", picture, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Letting_go_stops_the_preparation()
    {
        var factory = Make(_ => { });
        var preparation = factory.PrepareAsync(TestContext.Current.CancellationToken);
        await factory.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => preparation);
    }

    [Fact]
    public async Task Registration_gives_way_to_another_voice_and_refuses_wrong_settings()
    {
        using var own = ScriptedVoice.OfTones(10);
        await using var provider = new ServiceCollection()
            .AddSingleton<ITextToSpeechClient>(own)
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddHoldfastAvatar(options => options.DefaultCharacter = "kai")
            .BuildServiceProvider();
        Assert.Same(own, provider.GetRequiredService<ITextToSpeechClient>());
        Assert.Same(provider.GetRequiredService<AvatarShowFactory>(), provider.GetRequiredService<IShowFactory>());
        Assert.Equal("kai", provider.GetRequiredService<IShowFactory>().Shows[0].Name);

        using var wrong = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddHoldfastAvatar(options => options.DefaultCharacter = "bob")
            .BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(() => wrong.GetRequiredService<IOptions<AvatarOptions>>().Value);
    }

    internal static AvatarShowFactory Make(Action<AvatarOptions> configure)
    {
        var options = new AvatarOptions { LoopCache = "" };
        configure(options);
        return new AvatarShowFactory(ScriptedVoice.OfTones(10), Options.Create(options), NullLogger<AvatarShowFactory>.Instance);
    }

    internal static double Psnr(I420Picture a, I420Picture b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Y.Length; i++)
        {
            sum += (a.Y[i] - b.Y[i]) * (a.Y[i] - b.Y[i]);
        }

        return 10 * Math.Log10(255 * 255 / ((sum / a.Y.Length) + 1e-9));
    }
}
