// The five classes of colour, as the tiles carry them: by reports for the same stretch of ground.

export const CLASSES = [1, 2, 3, 4, 5];
const Z90 = 1.645;
/** Values between the classes of an answer from 0 (poor) to 3 (good). */
export const SCORE_BREAKS = [0.6, 1.2, 1.8, 2.4];

/** Whether what is looked at is answers from 0 to 3 instead of counts. */
export function isScore({ layer, cross }) {
  return layer === "audit" && cross !== null && cross !== "count";
}

/** The mean answer of a region to the question looked at. */
export function scoreOf(region, { cross }) {
  return region[`mean_${cross}`];
}

/** Between what the mean answer lies nine times in ten. */
export function scoreRange(region, { cross }) {
  const [mean, reach] = [region[`mean_${cross}`], Z90 * region[`mean_${cross}_se`]];
  return [Math.max(0, mean - reach), Math.min(3, mean + reach)];
}

/** Whether a region belongs to the cross value looked at; audits carry all answers on one region. */
export function belongs(region, { layer, cross }) {
  return layer === "audit" || cross === null || region.cross === cross;
}

/** From how many to how many reports per square kilometre a class holds, or null. */
export function densitiesOf(step, regions) {
  const found = regions.filter((region) => region.class === step && region.density).map(({ density }) => density);
  return found.length ? [Math.min(...found), Math.max(...found)] : null;
}
