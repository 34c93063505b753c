using System.Buffers.Binary;

namespace Holdfast.Media;

/// <summary>
/// Writes VP8 and Opus, encoded already, into a WebM file (RFC 9559, RFC 8794). What was written can be played at any time, also when the writer never came to its end;
/// <see cref="Complete"/> adds the index (Cues) and the duration, which make it seekable.
/// </summary>
/// <remarks>
/// The stream is written to a cluster at a time, each of a second or so. One caller at a time. What a stream throws comes through; the file up to the last
/// cluster is whole then.
/// </remarks>
public sealed class WebMWriter : IDisposable
{
    /// <summary>The codec that its pictures are in (<see cref="IVideoCodec.Name"/>).</summary>
    public const string VideoCodec = Vp8Codec.CodecName;

    private const int VideoTrack = 1;
    private const int AudioTrack = 2;

    /// <summary>A cluster is closed at the first key frame after so many milliseconds, and at the latest after four times as many.</summary>
    private const int ClusterMilliseconds = 1_000;

    /// <summary>Bytes: a burst of large pictures closes one too.</summary>
    private const int ClusterBytes = 512 * 1024;

    /// <summary>Where the parts of the head that are filled in at the end lie; all numbers before them have fixed lengths.</summary>
    private const int SeekHeadBytes = 96;

    private readonly Stream _output;
    private readonly bool _isLive;
    private readonly EbmlBuffer _head = new();
    private readonly EbmlBuffer _cluster = new();
    private readonly List<(long Time, long Position)> _cues = [];
    private long _segmentSizeAt;
    private long _segmentStart;
    private long _seekHeadAt;
    private long _durationAt;
    private long _infoAt;
    private long _tracksAt;
    private long _written;
    private long _clusterTime;
    private long _lastTime;
    private long _wholeUpTo;
    private long? _clusterCue;
    private bool _isComplete;

    /// <param name="output">Receives the file. Must be seekable unless <paramref name="isLive"/>; stays open.</param>
    /// <param name="video">Size and rate of the pictures.</param>
    /// <param name="isLive">Whether nothing can be filled in later: the stream goes to a program or over a line.</param>
    public WebMWriter(Stream output, VideoFormat video, bool isLive = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!isLive && !output.CanSeek)
        {
            throw new ArgumentException("A file that is to be seekable is written to a stream that can seek.", nameof(output));
        }

        (_output, _isLive) = (output, isLive);
        WriteHead(video);
    }

    /// <summary>Goes on with a file whose writer was cut off, only to end it.</summary>
    private WebMWriter(Stream output, WebMScan found)
    {
        (_output, _written, _wholeUpTo) = (output, found.End, found.LastTime);
        (_segmentSizeAt, _segmentStart, _seekHeadAt) = (found.SegmentSizeAt, found.SegmentStart, found.SeekHeadAt);
        (_infoAt, _durationAt, _tracksAt) = (found.InfoAt, found.DurationAt, found.TracksAt);
        _cues.AddRange(found.Cues);
    }

    /// <summary>How long it is so far.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(_lastTime);

    /// <summary>Bytes written so far; what waits for the end of its cluster is not among them.</summary>
    public long Length => _written;

    /// <summary>Adds a picture. Times that go back are taken for the newest one.</summary>
    /// <param name="time">When it is to be seen, from the beginning of the file.</param>
    /// <param name="vp8">One VP8 frame.</param>
    /// <param name="isKeyFrame">Whether it stands for itself.</param>
    public void WriteVideo(TimeSpan time, ReadOnlySpan<byte> vp8, bool isKeyFrame)
    {
        var at = Advance(time);
        if (isKeyFrame && at - _clusterTime >= ClusterMilliseconds)
        {
            CloseCluster();
        }

        AddBlock(VideoTrack, at, vp8, isKeyFrame);
        if (isKeyFrame)
        {
            _clusterCue ??= at;
        }
    }

    /// <summary>Adds 20 ms of sound. Times that go back are taken for the newest one.</summary>
    /// <param name="time">When it begins, from the beginning of the file.</param>
    /// <param name="opus">One Opus packet.</param>
    public void WriteAudio(TimeSpan time, ReadOnlySpan<byte> opus) => AddBlock(AudioTrack, Advance(time), opus, isKeyFrame: true);

    /// <summary>Writes what is still waiting, the index and the duration. Nothing can be added after it.</summary>
    public void Complete()
    {
        if (_isComplete)
        {
            return;
        }

        _isComplete = true;
        CloseCluster();
        if (!_isLive)
        {
            FillIn(WriteCues());
        }

        _output.Flush();
    }

    /// <summary>
    /// After the stream took no more: gives up what was not written whole, and fills in what can be filled in without room for more. The index is written where there is
    /// room for it.
    /// </summary>
    public void Rescue()
    {
        if (_isLive || _isComplete)
        {
            return;
        }

        _isComplete = true;
        _lastTime = _wholeUpTo;
        _output.SetLength(_written);
        _output.Position = _written;
        var whole = _written;
        long? cues = null;
        try
        {
            cues = WriteCues();
        }
        catch (IOException)
        {
            _written = whole;
            _output.SetLength(whole);
        }

        FillIn(cues);
        _output.Flush();
    }

    /// <summary>
    /// Makes a file seekable whose writer did not come to <see cref="Complete"/>, since its process was killed or its disk failed: what is not whole at its end is cut off, and the
    /// index and the duration are added.
    /// </summary>
    /// <param name="file">The file, to be read and written; stays open.</param>
    /// <param name="duration">How long it is.</param>
    /// <returns>Whether it is whole now, or was before; false where it is no file of this writer, and is left as it is.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public static bool TryRepair(Stream file, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(file);
        duration = default;
        if (WebMScan.TryRead(file) is not { } found)
        {
            return false;
        }

        if (!found.IsWhole)
        {
            using var writer = new WebMWriter(file, found);
            writer.Rescue();
        }

        duration = TimeSpan.FromMilliseconds(found.LastTime);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _isComplete = true;

    private long Advance(TimeSpan time)
    {
        ObjectDisposedException.ThrowIf(_isComplete, this);
        return _lastTime = Math.Max(_lastTime, (long)time.TotalMilliseconds);
    }

    private void AddBlock(int track, long at, ReadOnlySpan<byte> payload, bool isKeyFrame)
    {
        // The time in a block counts from its cluster, in 16 bits.
        if (at - _clusterTime >= 4 * ClusterMilliseconds || _cluster.Length > ClusterBytes)
        {
            CloseCluster();
        }

        if (_cluster.Length == 0)
        {
            _clusterTime = at;
            _cluster.WriteNumber(Ebml.Timestamp, at);
        }

        _cluster.WriteId(Ebml.SimpleBlock);
        _cluster.WriteSize(4 + payload.Length);
        _cluster.WriteByte((byte)(0x80 | track));
        _cluster.WriteInt16((short)(at - _clusterTime));
        _cluster.WriteByte(isKeyFrame ? (byte)0x80 : (byte)0);
        _cluster.Write(payload);
    }

    private void CloseCluster()
    {
        if (_cluster.Length == 0)
        {
            return;
        }

        var position = _written - _segmentStart;
        _head.Clear();
        _head.WriteId(Ebml.Cluster);
        _head.WriteSize(_cluster.Length);
        _head.Write(_cluster.Written);
        Put(_head.Written);
        _output.Flush();
        if (_clusterCue is { } time)
        {
            _cues.Add((time, position));
        }

        _cluster.Clear();
        _clusterCue = null;
        _wholeUpTo = _lastTime;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _written += bytes.Length;
    }

    private void WriteHead(VideoFormat video)
    {
        _head.WriteId(Ebml.Header);
        _head.WriteGroup(static head =>
        {
            head.WriteNumber(Ebml.Version, 1);
            head.WriteNumber(Ebml.ReadVersion, 1);
            head.WriteNumber(Ebml.MaxIdLength, 4);
            head.WriteNumber(Ebml.MaxSizeLength, 8);
            head.WriteText(Ebml.DocType, "webm");
            head.WriteNumber(Ebml.DocTypeVersion, 4);
            head.WriteNumber(Ebml.DocTypeReadVersion, 2);
        });
        _head.WriteId(Ebml.Segment);
        _segmentSizeAt = _head.Length;
        _head.WriteUnknownSize();
        _segmentStart = _head.Length;
        _seekHeadAt = _head.Length;
        _head.WriteVoid(SeekHeadBytes);
        _infoAt = _head.Length;
        _head.WriteId(Ebml.Info);
        var inInfo = 0L;
        _head.WriteGroup(info =>
        {
            info.WriteNumber(Ebml.TimestampScale, 1_000_000);
            info.WriteText(Ebml.MuxingApp, "Holdfast");
            info.WriteText(Ebml.WritingApp, "Holdfast");

            // In a live stream nobody comes back to it.
            if (!_isLive)
            {
                inInfo = info.Length + Ebml.SizeOfId(Ebml.Duration) + 1;
                info.WriteDouble(Ebml.Duration, 0);
            }
        });
        _durationAt = _infoAt + Ebml.SizeOfId(Ebml.Info) + EbmlBuffer.GroupSizeBytes + inInfo;
        _tracksAt = _head.Length;
        _head.WriteId(Ebml.Tracks);
        _head.WriteGroup(tracks =>
        {
            tracks.WriteId(Ebml.TrackEntry);
            tracks.WriteGroup(track => WriteVideoTrack(track, video));
            tracks.WriteId(Ebml.TrackEntry);
            tracks.WriteGroup(WriteAudioTrack);
        });
        Put(_head.Written);
    }

    private static void WriteVideoTrack(EbmlBuffer track, VideoFormat video)
    {
        track.WriteNumber(Ebml.TrackNumber, VideoTrack);
        track.WriteNumber(Ebml.TrackUid, VideoTrack);
        track.WriteNumber(Ebml.TrackType, 1);
        track.WriteNumber(Ebml.FlagLacing, 0);
        track.WriteText(Ebml.CodecId, "V_VP8");
        track.WriteNumber(Ebml.DefaultDuration, 1_000_000_000L / video.FramesPerSecond);
        track.WriteId(Ebml.Video);
        track.WriteGroup(size =>
        {
            size.WriteNumber(Ebml.PixelWidth, video.Width);
            size.WriteNumber(Ebml.PixelHeight, video.Height);
        });
    }

    private static void WriteAudioTrack(EbmlBuffer track)
    {
        // The encoder's lookahead (RFC 7845, 4.2): a decoder throws that much away at the beginning.
        const int PreSkip = 312;
        track.WriteNumber(Ebml.TrackNumber, AudioTrack);
        track.WriteNumber(Ebml.TrackUid, AudioTrack);
        track.WriteNumber(Ebml.TrackType, 2);
        track.WriteNumber(Ebml.FlagLacing, 0);
        track.WriteText(Ebml.CodecId, "A_OPUS");
        track.WriteNumber(Ebml.CodecDelay, PreSkip * 1_000_000_000L / SoundFormat.SampleRate);
        track.WriteNumber(Ebml.SeekPreRoll, 80_000_000);
        Span<byte> head = stackalloc byte[19];
        "OpusHead"u8.CopyTo(head);
        (head[8], head[9]) = (1, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(head[10..], PreSkip);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], SoundFormat.SampleRate);
        track.WriteBytes(Ebml.CodecPrivate, head);
        track.WriteId(Ebml.Audio);
        track.WriteGroup(static sound =>
        {
            sound.WriteDouble(Ebml.SamplingFrequency, SoundFormat.SampleRate);
            sound.WriteNumber(Ebml.Channels, 1);
        });
    }

    /// <returns>Where the index is; null where there is nothing to find.</returns>
    private long? WriteCues()
    {
        if (_cues.Count == 0)
        {
            return null;
        }

        var at = _written;
        _head.Clear();
        _head.WriteId(Ebml.Cues);
        _head.WriteGroup(cues =>
        {
            foreach (var (time, position) in _cues)
            {
                cues.WriteId(Ebml.CuePoint);
                cues.WriteGroup(point =>
                {
                    point.WriteNumber(Ebml.CueTime, time);
                    point.WriteId(Ebml.CueTrackPositions);
                    point.WriteGroup(track =>
                    {
                        track.WriteNumber(Ebml.CueTrack, VideoTrack);
                        track.WriteNumber(Ebml.CueClusterPosition, position);
                    });
                });
            }
        });
        Put(_head.Written);
        return at;
    }

    private void FillIn(long? cuesAt)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(eight, (1UL << 56) | (ulong)(_written - _segmentStart));
        PutAt(_segmentSizeAt, eight);

        // The last picture is seen for as long as any other.
        BinaryPrimitives.WriteDoubleBigEndian(eight, _lastTime + 40);
        PutAt(_durationAt, eight);
        _head.Clear();
        _head.WriteId(Ebml.SeekHead);
        _head.WriteGroup(seek =>
        {
            WriteSeek(seek, Ebml.Info, _infoAt);
            WriteSeek(seek, Ebml.Tracks, _tracksAt);
            if (cuesAt is { } cues)
            {
                WriteSeek(seek, Ebml.Cues, cues);
            }
        });
        _head.WriteVoid((int)(SeekHeadBytes - _head.Length));
        PutAt(_seekHeadAt, _head.Written);
        _output.Position = _written;
    }

    private void WriteSeek(EbmlBuffer seek, uint id, long at)
    {
        seek.WriteId(Ebml.Seek);
        seek.WriteGroup(entry =>
        {
            Span<byte> four = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(four, id);
            entry.WriteBytes(Ebml.SeekId, four);
            entry.WriteNumber(Ebml.SeekPosition, at - _segmentStart);
        });
    }

    private void PutAt(long position, ReadOnlySpan<byte> bytes)
    {
        _output.Position = position;
        _output.Write(bytes);
    }
}
