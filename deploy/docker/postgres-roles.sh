#!/bin/sh
# Runs once, when PostgreSQL makes its data directory: the web server's login. It owns nothing, may not pass by
# row-level security, and has exactly what the migrations grant to fd_web.
set -e
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set password="$(cat /secrets/owner/app_password)" <<'SQL'
CREATE ROLE fd_web NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE ROLE fd_app LOGIN INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'password' IN ROLE fd_web;
SQL
