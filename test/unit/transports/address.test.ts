/** Addresses as limits see them. */
import { equal, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { limitedHost } from "../../../transports/address.ts";

test("a limit of one address is for a whole network of IPv6, and for a single address of IPv4 [A3] [A5]", () => {
  const network = "2001:db8:0:1::/64";
  for (
    const host of ["2001:db8:0:1::1", "2001:0db8:0:1:ffff::", "2001:DB8::1:2:3:4:5", "2001:db8:0:1:2:3:4:5"]
  ) {
    equal(limitedHost(host), network, host);
  }
  equal(limitedHost("fe80::1%eth0"), "fe80:0:0:0::/64");
  equal(limitedHost("::2"), "0:0:0:0::/64");
  notEqual(limitedHost("2001:db8:0:2::1"), network);
  equal(limitedHost("192.0.2.7"), "192.0.2.7");
  equal(limitedHost("::ffff:192.0.2.7"), "192.0.2.7", "as a socket for both has it");
  equal(limitedHost(""), "", "of a socket that is gone");
});
