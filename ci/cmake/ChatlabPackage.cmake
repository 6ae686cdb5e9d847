# cpack: a Debian package of the server alone, with its systemd unit. ci/package builds and tries it.
install(FILES reference-server/package/chatlab-server.service DESTINATION lib/systemd/system COMPONENT server)
install(FILES reference-server/README.md reference-server/PROTOCOL.md LICENSE
        DESTINATION share/doc/chatlab-server COMPONENT server)

# Only the server is packed, so the rest need not be built for it.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL server)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_SERVER_PACKAGE_NAME chatlab-server)
set(CPACK_DEBIAN_SERVER_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "chatlab maintainers <maintainers@chatlab.example>")
set(CPACK_COMPONENT_SERVER_DESCRIPTION "Chat server of the Mini Chat lab\n The reference server over WebSocket, with the chat page.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(package "${PROJECT_SOURCE_DIR}/reference-server/package")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA "${package}/postinst;${package}/prerm;${package}/postrm")
include(CPack)
