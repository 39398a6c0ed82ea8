/** The form of the id of a member that joins, or is named on a command line. */

export const MEMBER_ID = /^[A-Za-z0-9._-]{1,64}$/;
