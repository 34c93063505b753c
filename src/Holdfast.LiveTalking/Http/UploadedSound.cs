using Holdfast.AspNetCore.Http;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.LiveTalking.Http;

/// <summary>
/// A form with a recording, as browsers send it: <c>recording.wav</c>, <c>audio/wav</c>, and in it whatever MediaRecorder made. What it is is found in its
/// bytes.
/// </summary>
/// <param name="Session">Whose it is.</param>
/// <param name="Sound">48 kHz mono.</param>
/// <param name="Form">The other fields.</param>
internal sealed record UploadedSound(Session Session, ReadOnlyMemory<short> Sound, IFormCollection Form)
{
    /// <summary>For the parts' headers and the other fields.</summary>
    private const int FormBytes = 64 * 1024;

    public static async Task<(UploadedSound? Upload, IResult? Failure)> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
        {
            return (null, Failure.Bad("需要 multipart/form-data 表单", "A form (multipart/form-data) is needed."));
        }

        try
        {
            var form = await Uploads.ReadAsync(http, AudioEndpoint.MaxBytes + FormBytes, () => http.Request.ReadFormAsync(
                new FormOptions { MultipartBodyLengthLimit = AudioEndpoint.MaxBytes, ValueCountLimit = 32 }, http.RequestAborted)).ConfigureAwait(false);
            return await HearAsync(http, form).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            return (null, Failure.Bad("表单不完整", "The form is not whole, or too large."));
        }
    }

    private static async Task<(UploadedSound? Upload, IResult? Failure)> HearAsync(HttpContext http, IFormCollection form)
    {
        var (session, failure) = await http.RequestServices.GetRequiredService<SessionFinder>()
            .FindAsync(http, SessionId.TryParse(form["sessionid"].ToString(), null, out var id) ? id : null);
        if (session is null)
        {
            return (null, failure);
        }

        if (form.Files.GetFile("file") is not { } file)
        {
            return (null, Failure.Bad("缺少 file 字段", "The field file is missing."));
        }

        return await Uploads.DecodeAsync(
            to => file.CopyToAsync(to, http.RequestAborted), (int)file.Length, TimeSpan.FromSeconds(AudioEndpoint.MaxSeconds), http.RequestAborted).ConfigureAwait(false) switch
        {
            SoundFileResult.Decoded(var sound) => (new UploadedSound(session, sound, form), null),
            SoundFileResult.TooLong => (null, new Failure(StatusCodes.Status413PayloadTooLarge, "录音过长", "The recording is too long.")),
            SoundFileResult.Refused(var sentence) => (null, new Failure(StatusCodes.Status415UnsupportedMediaType, "无法识别的音频：" + sentence, sentence)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
