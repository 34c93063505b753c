using System.Text;
using Holdfast.Rtc.Stun;

namespace Holdfast.Lab.Fuzz;

/// <summary>Writes STUN messages: checks that are right in all or in all but one thing.</summary>
internal sealed class StunForge(FuzzDice dice)
{
    private readonly byte[] _transaction = new byte[StunMessage.TransactionIdLength];
    private readonly byte[] _usernameRight = [];
    private readonly byte[] _passwordRight = [];

    public StunForge(FuzzDice dice, string username, string password)
        : this(dice) => (_usernameRight, _passwordRight) = (Encoding.ASCII.GetBytes(username), Encoding.ASCII.GetBytes(password));

    /// <summary>Writes a message.</summary>
    /// <param name="buffer">At least <see cref="StunMessage.MaxLength"/> bytes.</param>
    /// <param name="isGenuine">Whether it is signed with the right password for the right user.</param>
    public int Write(Span<byte> buffer, bool isGenuine)
    {
        dice.Fill(_transaction);
        var kind = dice.OneIn(6) ? dice.Pick<StunClass>([StunClass.Indication, StunClass.SuccessResponse, StunClass.ErrorResponse]) : StunClass.Request;
        var writer = new StunWriter(buffer[..StunMessage.MaxLength], kind, _transaction);
        var wrong = isGenuine ? -1 : dice.Next(4);
        WriteUsername(ref writer, wrong == 0);
        for (var more = dice.Next(4); more > 0; more--)
        {
            WriteAttribute(ref writer);
        }

        if (wrong != 1)
        {
            Span<byte> key = [.. _passwordRight];
            if (wrong is 2 or 3)
            {
                key[dice.Next(key.Length)] ^= (byte)(1 + dice.Next(255));
            }

            writer.WriteMessageIntegrity(key);
        }

        if (!dice.OneIn(10))
        {
            writer.WriteFingerprint();
        }

        return writer.Length;
    }

    private void WriteUsername(ref StunWriter writer, bool isWrong)
    {
        Span<byte> username = [.. _usernameRight];
        if (isWrong)
        {
            username[dice.Next(username.Length)] ^= (byte)(1 + dice.Next(255));
        }

        writer.WriteUsername(username);
    }

    private void WriteAttribute(ref StunWriter writer)
    {
        switch (dice.Next(4))
        {
            case 0:
                writer.WritePriority(dice.Long());
                break;
            case 1:
                writer.WriteIceControlling(dice.Long());
                break;
            case 2:
                writer.WriteUseCandidate();
                break;
            default:
                writer.WriteErrorCode(400 + dice.Next(100), "any"u8);
                break;
        }
    }
}
