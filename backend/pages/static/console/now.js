// What this desk stands at: the session, the queue, the report that is held, and what is being chosen.

export const now = {
  session: null,
  city: null,
  queue: { reports: [], counts: { in_review: 0, quarantined: 0, urgent: 0, languages: {} } },
  wanted: {},
  selected: null,
  held: null,
  chosen: new Set(),
  many: new Set(),
  same: null,
  verdict: null,
  more: false,
  last: null,
  busy: false,
  undoing: false,
  turn: 0,
  leave: null,
};

export const may = (permission) => now.session?.account.permissions.includes(permission) ?? false;
