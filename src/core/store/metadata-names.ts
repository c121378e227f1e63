/** What is recorded with a record's object (docs/formats.md): the time of the event that it comes from, ISO 8601, UTC. */
export const EVENT_TIME = "ddbr-time";
