// Shares of a whole city out of noisy numbers, of which some are withheld: always between two ends, with an error.

import { SURE } from "./difference.js";

const Z90 = 1.645;
// With a sum less certain than this, its shares have no error that could be worked out.
const MOST_UNSURE = 0.2;
const BEST = 3; // answers go from 0 (poor) to 3 (good)

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
const squares = (regions) => sum(regions.map(({ se }) => (se ?? 0) ** 2));

/** What some regions hold together: at least `known`, at most `withheld` more, with the variance of their noise. */
function together(regions) {
  const [shown, hidden] = [regions.filter((one) => one.shown), regions.filter((one) => !one.shown)];
  // A region that is withheld tells the upper end of its range only, nine times in ten; noise is reckoned apart.
  const most = (one) => Math.max(0, (one.high ?? 0) - Z90 * (one.se ?? 0));
  return { known: sum(shown.map(({ estimate }) => estimate)), withheld: sum(hidden.map(most)), variance: squares(regions) };
}

const isCertain = ({ known, variance }) => known > 0 && Math.sqrt(variance) <= MOST_UNSURE * known;

/** The share of one part of two, and its standard error to first order. */
function shareOf(part, others, variance, varianceOfOthers) {
  const whole = part + others;
  const share = part / whole;
  return { share, se: Math.sqrt((1 - share) ** 2 * variance + share ** 2 * varianceOfOthers) / whole };
}

/**
 * The share of one value among all ({least, most, se} of 1), whatever lies in what is withheld; null where
 * the whole is too uncertain to be divided by.
 */
export function share(regions, cross) {
  if (!isCertain(together(regions))) return null;
  const own = together(regions.filter((one) => one.cross === cross));
  const rest = together(regions.filter((one) => one.cross !== cross));
  const ends = [
    shareOf(own.known, rest.known + rest.withheld, own.variance, rest.variance),
    shareOf(own.known + own.withheld, rest.known, own.variance, rest.variance),
  ];
  return { least: ends[0].share, most: ends[1].share, se: Math.max(ends[0].se, ends[1].se) };
}

/** A question's mean answer in the whole city ({least, most, se} from 0 to 3), or null, as `share`. */
export function answer(regions, question) {
  const whole = together(regions);
  if (!isCertain(whole)) return null;
  const shown = regions.filter((one) => one.shown);
  const [mean, error] = [`mean_${question}`, `mean_${question}_se`];
  const told = sum(shown.map((one) => one.estimate * one[mean])) / whole.known;
  const spread = (one) => (one.estimate * one[error]) ** 2 + ((one[mean] - told) * one.se) ** 2;
  const pulled = whole.withheld / (whole.known + whole.withheld);
  const se = Math.sqrt(sum(shown.map(spread))) / whole.known;
  return { least: told * (1 - pulled), most: told * (1 - pulled) + BEST * pulled, se };
}

/** Between what a share or an answer lies nine times in ten, within what is possible. */
export function rangeOfShare({ least, most, se }, highest) {
  return { low: Math.max(0, least - Z90 * se), high: Math.min(highest, most + Z90 * se) };
}

/**
 * Which of two has more: {side, low, high}, the difference first minus second beyond doubt. `side` is 0 where what is
 * withheld, or noise, could have made it; 1 or -1 elsewhere.
 */
export function apart(first, second) {
  const reach = SURE * Math.hypot(first.se, second.se);
  const [low, high] = [first.least - second.most - reach, first.most - second.least + reach];
  return { side: low > 0 ? 1 : high < 0 ? -1 : 0, low, high };
}

/** The ranges of single areas taken together: {low, high, told, few}, `few` of them having too few to tell. */
export function overAreas(regions, cross) {
  const areas = new Map();
  for (const one of regions) {
    const code = String(one.region).split(":")[0];
    areas.set(code, [...(areas.get(code) ?? []), one]);
  }
  const found = [...areas.values()].map((own) => share(own, cross));
  const ranges = found.filter(Boolean).map((one) => rangeOfShare(one, 1));
  return {
    low: Math.min(...ranges.map(({ low }) => low)),
    high: Math.max(...ranges.map(({ high }) => high)),
    told: ranges.length,
    few: found.length - ranges.length,
  };
}
