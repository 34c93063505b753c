namespace Holdfast.Lab.Browsers;

/// <summary>What the lab runs in pages.</summary>
internal static class Scripts
{
    /// <summary>Where an element can be clicked, or why it cannot.</summary>
    public const string Find = """
        selector => {
          const search = root => {
            const found = root.querySelector(selector);
            if (found) return found;
            for (const host of root.querySelectorAll('*')) {
              const inner = host.shadowRoot && search(host.shadowRoot);
              if (inner) return inner;
            }
            return null;
          };
          const element = search(document);
          if (!element) return { x: 0, y: 0, problem: 'it is not there' };
          element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
          const box = element.getBoundingClientRect();
          if (box.width === 0 || box.height === 0 || getComputedStyle(element).visibility !== 'visible') return { x: 0, y: 0, problem: 'it is hidden' };
          if (element.disabled) return { x: 0, y: 0, problem: 'it is disabled' };
          const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
          let at = document.elementFromPoint(x, y);
          while (at?.shadowRoot?.elementFromPoint(x, y) && at.shadowRoot.elementFromPoint(x, y) !== at) at = at.shadowRoot.elementFromPoint(x, y);
          const within = at && (at === element || element.contains(at) || at.contains(element));
          return { x, y, problem: within ? null : `${at?.tagName ?? 'nothing'} lies over it` };
        }
        """;

    /// <summary>A named resource of this assembly.</summary>
    public static string Load(string name)
    {
        using var stream = typeof(Scripts).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no resource {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
