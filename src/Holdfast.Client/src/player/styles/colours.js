/**
 * The colours, light and dark. Each -ink is readable (4.5:1) on its -soft and on the card; each -fill carries on-fill; the
 * tests check it. A page may set any of them as `--holdfast-<name>`; which of the two is taken follows its `color-scheme`.
 * @type {Readonly<Record<string, readonly [light: string, dark: string]>>}
 */
export const colours = Object.freeze({
  ink: ['#14201d', '#e9efec'],
  soft: ['#55635e', '#9daca6'],
  paper: ['#f4f3ee', '#0d1412'],
  card: ['#fffefa', '#141d1a'],
  line: ['#e3e0d6', '#25332e'],
  edge: ['#8a938f', '#66756f'],
  'kelp-ink': ['#176a4f', '#5fd0a7'],
  'kelp-fill': ['#1b7b5c', '#4cc79a'],
  'kelp-fill-strong': ['#15664c', '#6ad6af'],
  'amber-ink': ['#85560a', '#f0b455'],
  'amber-soft': ['#fbeccf', '#3a2a10'],
  'amber-fill': ['#c9821b', '#e8a33d'],
  'coral-ink': ['#a9341f', '#f58d7c'],
  'coral-soft': ['#fbe3de', '#3d1c17'],
  'coral-fill': ['#c8402d', '#f07a67'],
  'coral-fill-strong': ['#ae3424', '#f59584'],
  'deep-ink': ['#2a50bd', '#9db5ff'],
  'deep-soft': ['#dfe7fb', '#1a2547'],
  'deep-fill': ['#2f57c9', '#8ca8ff'],
  'deep-fill-strong': ['#2447ab', '#a6bcff'],
  'quiet-soft': ['#e9e7df', '#1d2824'],
  'on-fill': ['#ffffff', '#08130f'],
});

/** The colours as custom properties of the player's own, so that they do not meet those of the page in its slots. */
export const colourRules = Object.entries(colours)
  .map(([name, [light, dark]]) => `--hf-${name}: var(--holdfast-${name}, light-dark(${light}, ${dark}));`)
  .join('\n  ');
