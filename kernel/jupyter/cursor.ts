/** The protocol counts a cursor in Unicode code points, JavaScript in UTF-16 units. Both are clamped to the text. */

export function codePointsToUnits(text: string, codePoints: number): number {
  let units = 0;
  for (let i = 0; i < codePoints && units < text.length; i++) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  return units;
}

export function unitsToCodePoints(text: string, units: number): number {
  let codePoints = 0;
  for (let i = 0; i < units && i < text.length; codePoints++) i += (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1;
  return codePoints;
}
