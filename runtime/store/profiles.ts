import type { Database } from './driver.ts';

export interface Profiles {
  /** Takes note that a validation accepted these rows. */
  accept(profile: {
    environment: string;
    validation: string;
    rows: string;
    profile: string;
    run: string;
  }): void;
  /**
   * The profile of the accepted snapshot before this one. When the snapshot itself is the last accepted one, it is what
   * it was compared with then: so that judging it again asks the same question.
   */
  previous(environment: string, validation: string, rows: string): string | undefined;
}

export function openProfiles(db: Database): Profiles {
  return {
    accept({ environment, validation, rows, profile, run }) {
      const last = db.get(
        'SELECT rows, profile FROM profiles WHERE environment = ? AND validation = ? ORDER BY id DESC LIMIT 1',
        [environment, validation],
      );
      if (last?.['rows'] === rows && last['profile'] === profile) return;
      db.run(
        'INSERT INTO profiles (environment, validation, rows, profile, run, accepted) VALUES (?, ?, ?, ?, ?, ?)',
        [environment, validation, rows, profile, run, Date.now()],
      );
    },
    previous(environment, validation, rows) {
      const row = db.get(
        'SELECT profile FROM profiles WHERE environment = ? AND validation = ? AND rows <> ? ORDER BY id DESC LIMIT 1',
        [environment, validation, rows],
      );
      return row && String(row['profile']);
    },
  };
}
