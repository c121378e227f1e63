/** What is recorded with a record's object (docs/formats.md): the time of the event that it comes from, ISO 8601, UTC. */
export const EVENT_TIME = "ddbr-time";
/** The event's name: INSERT, MODIFY or REMOVE. */
export const EVENT_NAME = "ddbr-event";
/** Its sequence number in the table's stream. */
export const SEQUENCE = "ddbr-sequence";
