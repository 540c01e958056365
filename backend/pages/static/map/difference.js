// Differences of two noisy numbers: told only where they are larger than what noise alone makes.

// So many standard errors are passed by noise alone in one of a hundred places (normal approximation).
export const SURE = 2.58;

/** The same place on two sides, without what tells the sides apart ("01+02:women" and "01+02:men"). */
const placeOfRegion = ({ region }) => String(region).split(":")[0];

/**
 * Two numbers of one place: {region, shown, value, low, high, side, step}. `side` says which of the two is larger
 * (1 the first, -1 the second, 0 if nobody can tell), `step` from 0 to 2 how far beyond doubt the difference is.
 */
function difference(first, second) {
  const shown = Boolean(first.shown && second.shown);
  const value = shown ? first.estimate - second.estimate : 0;
  const reach = SURE * Math.hypot(first.se ?? 0, second.se ?? 0);
  const side = shown && Math.abs(value) > reach ? Math.sign(value) : 0;
  const step = side === 0 ? 0 : Math.abs(value) > 2 * reach ? 2 : 1;
  return { ...first, shown, value, low: value - reach, high: value + reach, side, step };
}

// What is left of a cell is another piece of ground whenever other squares in it are shown: only these are the same.
const isSameGround = ({ part }) => part === "cell" || part === "area";

/** Compare the places that both sides have; the largest differences that can be told come first. */
export function differences(firsts, seconds) {
  const others = new Map(seconds.filter(isSameGround).map((region) => [placeOfRegion(region), region]));
  return firsts
    .filter((region) => isSameGround(region) && others.has(placeOfRegion(region)))
    .map((region) => difference(region, others.get(placeOfRegion(region))))
    .sort((a, b) => Math.abs(b.side) - Math.abs(a.side) || Math.abs(b.value) - Math.abs(a.value));
}

/** From how many to how many more one side has, as whole numbers; null where nobody can tell. */
export function howManyMore({ side, low, high }) {
  if (side === 0) return null;
  const ends = side > 0 ? [low, high] : [-high, -low];
  return ends.map(Math.round);
}
