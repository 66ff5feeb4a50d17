// GOV.UK Frontend writes left and right. Urdu and Arabic start at the other side, so its compiled rules
// are turned into their logical twins and one style sheet serves both directions.
const EDGES = { left: "start", right: "end" };

const RULES = [
  [/\b(margin|padding)-(left|right)(?=\s*:)/g, (_, box, side) => `${box}-inline-${EDGES[side]}`],
  [/\bborder-(left|right)(?=(-width|-style|-color)?\s*:)/g, (_, side) => `border-inline-${EDGES[side]}`],
  [/(^|[{;\s])(left|right)(?=\s*:)/g, (_, before, side) => `${before}inset-inline-${EDGES[side]}`],
  [/\btext-align(\s*):(\s*)(left|right)/g, (_, a, b, side) => `text-align${a}:${b}${EDGES[side]}`],
  // Older browsers drop the second line and keep the first.
  [/\bfloat\s*:\s*(left|right)\s*;/g, (_, side) => `float:${side};float:inline-${EDGES[side]};`],
];

export function makeLogical(css) {
  return RULES.reduce((text, [pattern, replace]) => text.replace(pattern, replace), css);
}
