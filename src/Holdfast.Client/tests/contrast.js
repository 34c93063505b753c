/** The contrast of two colours, `#rrggbb`, as WCAG 2.2 defines it: 1 to 21. */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Two colours mixed, so much of the first, as `color-mix(in srgb, ...)` does; or multiplied, as the blend mode does. */
export function mix(one, other, share) {
  const blend = share === 'multiply' ? (a, b) => (a * b) / 255 : (a, b) => a * share + b * (1 - share);
  return `#${[1, 3, 5].map((at) => Math.round(blend(part(one, at), part(other, at))).toString(16).padStart(2, '0')).join('')}`;
}

function part(hex, at) {
  return Number.parseInt(hex.slice(at, at + 2), 16);
}

function luminance(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = part(hex, at) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
