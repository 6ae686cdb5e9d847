"""nginx in front of a server, as people deploy it; for tests to import."""
import contextlib
import os
import socket
import subprocess

NGINX = "/usr/sbin/nginx"


@contextlib.contextmanager
def process(*command, **options):
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(20)
        started.stdout.close()


@contextlib.contextmanager
def nginx(folder, location, certificate=None, key=None, port=0):
    """Starts nginx with these lines in its one location; gives its port on 127.0.0.1 (0: any). With a certificate it
    speaks TLS.

    It is handed its socket, which listens already: no port can be taken, and nobody waits for it to start."""
    if not os.path.exists(NGINX):
        raise FileNotFoundError("nginx is not installed; ci/setup installs it")
    listener = socket.create_server(("127.0.0.1", port))
    port = listener.getsockname()[1]
    tls = f"ssl_certificate {certificate}; ssl_certificate_key {key};" if certificate else ""
    configuration = f"{folder}/nginx-{port}.conf"
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(f"""
            daemon off; pid {folder}/nginx-{port}.pid; error_log stderr crit;
            events {{ }}
            http {{
              access_log off;
              client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
              uwsgi_temp_path {folder}; scgi_temp_path {folder};
              server {{
                listen 127.0.0.1:{port} {"ssl" if certificate else ""};
                {tls}
                location / {{ {location} }}
              }}
            }}""")
    with listener, process(NGINX, "-c", configuration, "-e", "stderr", pass_fds=[listener.fileno()],
                           env={**os.environ, "NGINX": f"{listener.fileno()};"}):
        yield port


def pass_on_to(server):
    """A location that hands WebSockets on to a server, given as host:port."""
    return f"""
        proxy_pass http://{server};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection upgrade;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"""
