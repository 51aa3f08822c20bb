// What does not fit in an evidence document. A step of its check throws Changed; the other steps are taken all the same,
// so that all that was changed is named.
class Changed extends Error {
  constructor(why, parts) {
    super(why);
    this.parts = parts;
  }
}

export const changed = (why, ...parts) => {
  throw new Changed(why, parts);
};

// What `read` gives; an error of one of these kinds means that the parts were changed.
export async function reading(kinds, parts, read) {
  try {
    return await read();
  } catch (error) {
    if (kinds.some((kind) => error instanceof kind)) changed(error.message, ...parts);
    throw error;
  }
}

// Those that one check has found so far.
export class Discrepancies {
  constructor() {
    this.found = [];
  }

  note(why, ...parts) {
    this.found.push({ parts, why });
  }

  // What `step` gives; where it throws Changed, that is noted, and null given.
  async attempt(step) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      this.note(error.message, ...error.parts);
      return null;
    }
  }
}
