namespace Holdfast.Sessions;

/// <summary>Who a session is there for, which decides what keeps it alive.</summary>
internal enum Attendance
{
    /// <summary>A viewer, whose signs of life keep it.</summary>
    Viewer,

    /// <summary>Nobody at first: it is kept by its outputs, and by viewers who come later.</summary>
    Outputs,

    /// <summary>Nobody: it is kept until somebody ends it.</summary>
    None,
}
