#!/usr/bin/env bash
# A TLS server listens on the port.
# expect: ssh/not-an-ssh-server
# needs: ssh python3
. "$(dirname "$0")/lib.sh"
banner_server 'HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>\r\n<head><title>400 Bad Request</title></head>\r\n</html>\r\n'
show ssh -v -p "$PORT" "${SSH_OPTIONS[@]}" "$ME@127.0.0.1" uptime
