using System.Text.Json;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Line.Relayed;

/// <summary>Our server, each time with a new session.</summary>
/// <param name="service">The server.</param>
/// <param name="text">What is said.</param>
internal sealed class ServerSource(HoldfastService service, string text) : ILineSource
{
    public const string ItsName = "Holdfast";

    public string Name => ItsName;

    public Task<ILineSender> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<ILineSender>(new Sender(service, text));

    private sealed class Sender(HoldfastService service, string text) : ILineSender
    {
        private readonly Lock _gate = new();
        private readonly List<uint> _words = [];
        private readonly CancellationTokenSource _over = new();
        private SessionTicket? _ticket;
        private Task _listening = Task.CompletedTask;

        public IReadOnlyList<uint> Words
        {
            get
            {
                lock (_gate)
                {
                    return [.. _words];
                }
            }
        }

        public async Task<string> AnswerAsync(string offer, CancellationToken cancellationToken)
        {
            _ticket = await service.CreateAsync(offer, graceSeconds: null, cancellationToken);
            return _ticket.Answer;
        }

        public async Task SpeakAsync(CancellationToken cancellationToken)
        {
            var ticket = _ticket ?? throw new InvalidOperationException("It is not connected.");
            _listening = ListenAsync(ticket);
            await service.SayAsync(ticket, text, key: null, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _listening;
            if (_ticket is not null)
            {
                await service.CloseAsync(_ticket, CancellationToken.None);
            }

            _over.Dispose();
        }

        private async Task ListenAsync(SessionTicket ticket)
        {
            try
            {
                await foreach (var (kind, data) in service.Api.EventsAsync(ticket, _over.Token))
                {
                    if (kind is "word" && data.GetProperty("rtpTimestamp") is { ValueKind: JsonValueKind.Number } timestamp)
                    {
                        lock (_gate)
                        {
                            _words.Add(timestamp.GetUInt32());
                        }
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
            {
                // What was told until then is known.
            }
        }
    }
}
