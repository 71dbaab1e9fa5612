"""Two networks, three containers, a published port: follow a request, break its way, mend it."""

from nsnet import Lab

with Lab("tour") as lab:
    front, back = lab.network("front"), lab.network("back", internal=True)
    web = lab.container("web", networks=[front, back], ports=["8080:80"])
    db = lab.container("db", networks=back, expose=5432)
    client = lab.container("client", networks=front)
    lab.up()

    print(lab.walk(client, "http://web/"))  # as the kernel's state predicts it
    print(lab.trace(lab.outside, "http://host:8080/"))  # as a real request went

    with lab.fault("NAT.NO_DNAT", on=web):
        print(lab.why(lab.outside, "host:8080"))  # not published any more

    print(lab.why(lab.outside, "host:8080"))
    print(lab.outside.get(f"http://{lab.host.address}:8080/"))
